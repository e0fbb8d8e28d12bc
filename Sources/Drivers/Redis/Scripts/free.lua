-- Frees those of a claim's messages that it still holds. In a shadow a later claim may have come for one, before it
-- was noticed that this claim has ended.
local function free(id, sequences, states)
    for index, sequence in ipairs(sequences) do
        local state = states[index]
        if state and sub(state, 6, 21) == id and call('ZREM', queue .. 'held', sequence) == 1 then
            call('ZADD', queue .. 'free', sequence, sequence)
        end
    end
end
