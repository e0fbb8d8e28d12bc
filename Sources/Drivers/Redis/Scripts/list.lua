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
local sequences = sequences_after(ARGV[3], indexes, LOOKED_AT)
local after = #sequences == LOOKED_AT and sequences[LOOKED_AT] or ''

-- Those of `sequences` that another client posted, at most `limit`, and where the next step goes on.
local function not_hidden()
    local shown, bytes = {}, 0
    -- In parts, so that a few large messages are all that is read.
    for from = 1, #sequences, 50 do
        local part = {unpack(sequences, from, math.min(from + 49, #sequences))}
        for index, record in ipairs(heads(part)) do
            bytes = bytes + #record
            if sub(record, 34, 33 + #hidden) ~= hidden then shown[#shown + 1] = part[index] end
            if #shown == limit or bytes > BYTES then return shown, part[index] end
        end
    end
    return shown, after
end

local shown
shown, after = not_hidden()
return {after, shown, values(queue .. 'states', shown), parcels_of(shown), {}}
