-- Sealed parcels that have messages after this sequence, in order, as SEALED has them, with scores: enough for `reach`
-- messages if there are so many.
local function sealed_after(after, reach)
    local all, count, from, step = {}, 0, '(' .. after, floor(reach / 8) + 1
    while true do
        local found = call('ZRANGEBYSCORE', queue .. 'sealed', from, '+inf', 'WITHSCORES', 'LIMIT', 0, step)
        for index = 1, #found, 2 do
            all[#all + 1], all[#all + 2] = found[index], found[index + 1]
            count = count + found[index + 1] - math.max(sub(found[index], 9), after + 1) + 1
        end
        if #found < 2 * step or count >= reach then return all end
        from = '(' .. found[#found]
    end
end

-- The sequences after this one in these parcels, at most `reach`.
local function sequences_in(sealed, after, reach)
    local sequences = {}
    for index = 1, #sealed, 2 do
        for sequence = math.max(sub(sealed[index], 9), after + 1), tonumber(sealed[index + 1]) do
            if #sequences == reach then return sequences end
            sequences[#sequences + 1] = format('%d', sequence)
        end
    end
    return sequences
end

-- The parcels in which these messages are, in the form that SEALED has: what is to be known for reading their bodies behind
-- a script.
local function parcels_of(sequences)
    local found = {}
    if #sequences == 0 or call('EXISTS', queue .. 'parcels') == 0 then return found end
    for parcel in pairs((places_of(sequences))) do
        found[#found + 1] = parcel.name .. parcel.digits
        found[#found + 1] = format('%d', parcel.first + parcel.count - 1)
    end
    return found
end
