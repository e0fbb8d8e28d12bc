-- The first of the sequences in two lists that are in order, at most `reach`; neither has more.
local function merged(left, right, reach)
    if #right == 0 then return left end
    if #left == 0 then return right end
    local all, at, other = {}, 1, 1
    while #all < reach and (left[at] or right[other]) do
        if not right[other] or left[at] and tonumber(left[at]) < tonumber(right[other]) then
            all[#all + 1], at = left[at], at + 1
        else
            all[#all + 1], other = right[other], other + 1
        end
    end
    return all
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
