-- ARGV: header, now, after, limit, "1" to include claimed ones, "1" to include delayed ones, the length and name of a
-- client to hide or nothing. Returns sequences, states, the parcels in which some of these messages are, and sealed parcels
-- of which all messages are to be had, in order with the sequences; before them, where the next step goes on ("" at the
-- end), or false if that is for the caller to say, who knows whether it got as many as it wanted. Records and bodies are read
-- behind it: what goes through Lua is hashed and copied.
local now, limit, hidden = tonumber(ARGV[2]), tonumber(ARGV[4]), ARGV[7]
if is_due(now) then return -3 end
if limit <= 0 then return {''} end

local indexes = {queue .. 'free'}
if ARGV[5] == '1' then indexes[2] = queue .. 'held' end
if ARGV[6] == '1' then indexes[#indexes + 1] = queue .. 'late' end
if hidden == '' then
    local sequences = sequences_after(ARGV[3], indexes, limit)
    local states, sealed = values(queue .. 'states', sequences), sealed_after(ARGV[3], limit)
    return {false, sequences, states, parcels_of(sequences), sealed}
end

indexes[#indexes + 1] = queue .. 'sealed'
local LOOKED_AT, BYTES = 1000, 4194304

-- Which of these messages the client to hide posted, or nobody, and how many bytes were read for that.
local function hides(part)
    local found, rest, places, bytes = {}, {}, {}, 0
    for index, sequence in ipairs(part) do
        local parcel = parcel_of(sequence)
        if not parcel then
            rest[#rest + 1], places[#places + 1] = sequence, index
        else
            if parcel.is_hidden == nil then parcel.is_hidden = sub(parcel.value, 26, 25 + #hidden) == hidden end
            found[index] = parcel.is_hidden
        end
    end
    for index, record in ipairs(values(queue .. 'messages', rest)) do
        found[places[index]] = not record or sub(record, 34, 33 + #hidden) == hidden
        bytes = bytes + (record and #record or 0)
    end
    return found, bytes
end

-- The first messages that another client posted, at most `limit`, and where the next step goes on. It looks at few first,
-- since most often none is hidden.
local function not_hidden()
    local shown, bytes, after, left, reach = {}, 0, ARGV[3], LOOKED_AT, limit
    while left > 0 do
        local sequences = sequences_after(after, indexes, reach)
        -- In parts, so that a few large messages are all that is read.
        for from = 1, #sequences, 50 do
            local part = {unpack(sequences, from, math.min(from + 49, #sequences))}
            local is_hidden, read = hides(part)
            bytes = bytes + read
            for index, sequence in ipairs(part) do
                if not is_hidden[index] then shown[#shown + 1] = sequence end
                if #shown == limit then return shown, sequence end
            end
            if bytes > BYTES then return shown, part[#part] end
        end
        if #sequences < reach then return shown, '' end
        after, left = sequences[reach], left - reach
        reach = math.min(4 * reach, left)
    end
    return shown, after
end

local shown, after = not_hidden()
return {after, shown, values(queue .. 'states', shown), parcels_of(shown), {}}
