-- The sequences after this one in these indexes, in order, at most `reach`.
local function sequences_after(after, indexes, reach)
    local sequences, filled = {}, 0
    for _, key in ipairs(indexes) do
        local others = call('ZRANGEBYSCORE', key, '(' .. after, '+inf', 'LIMIT', 0, reach)
        if #others > 0 then filled = filled + 1 end
        if #sequences == 0 then
            sequences = others
        else
            for _, sequence in ipairs(others) do sequences[#sequences + 1] = sequence end
        end
    end
    if filled < 2 then return sequences end
    table.sort(sequences, function(left, right) return tonumber(left) < tonumber(right) end)
    for index = #sequences, reach + 1, -1 do sequences[index] = nil end
    return sequences
end
