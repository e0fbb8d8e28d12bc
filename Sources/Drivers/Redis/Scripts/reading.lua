local function is_before(left, right)
    return tonumber(left) < tonumber(right)
end

-- The first of the sequences in two lists that are in order, at most `reach`.
local function merged(sequences, others, reach)
    if #others == 0 then return sequences end
    if #sequences == 0 then return others end
    for _, sequence in ipairs(others) do sequences[#sequences + 1] = sequence end
    table.sort(sequences, is_before)
    for index = #sequences, reach + 1, -1 do sequences[index] = nil end
    return sequences
end

-- The sequences after this one in these indexes, in order, at most `reach`.
local function sequences_after(after, indexes, reach)
    local sequences = {}
    for _, key in ipairs(indexes) do
        local others
        if key == queue .. 'sealed' then
            others = sequences_in(sealed_after(after, reach), after, reach)
        else
            others = call('ZRANGEBYSCORE', key, '(' .. after, '+inf', 'LIMIT', 0, reach)
        end
        sequences = merged(sequences, others, reach)
    end
    return sequences
end
