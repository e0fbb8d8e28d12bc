-- The visible messages with the ids in ARGV from `first` on, each the sequence in it, the nonce and the id: their
-- sequences, false where there is none, and states.
local function find_all(first, now)
    local natives = {}
    for index = first, #ARGV, 3 do natives[#natives + 1] = ARGV[index] end
    local sequences, found, states = natives, heads(natives), values(queue .. 'states', natives)
    for index = 1, #natives do
        local at = first + 3 * (index - 1)
        if not is_found(found[index], states[index], ARGV[at + 1], now) then
            local sequence, _, state = find_kept(ARGV[at + 2], now)
            sequences[index], states[index] = sequence or false, state
        end
    end
    return sequences, states
end
