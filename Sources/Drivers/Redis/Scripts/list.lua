-- ARGV: header, now, after, limit, "1" to include claimed ones, "1" to include delayed ones, the length and name of a
-- client to hide or nothing. Returns where the next step goes on ("" at the end), sequences, states, records. With
-- nobody to hide there are no records: they are read behind it, since what goes through Lua is hashed and copied.
local now, limit, hidden = tonumber(ARGV[2]), tonumber(ARGV[4]), ARGV[7]
if settle(now, STEP) >= STEP then return -3 end
if limit <= 0 then return {''} end

local LOOKED_AT, READ, BYTES = 1000, 100, 4194304
local reach = hidden == '' and math.min(limit, READ) or LOOKED_AT

local indexes = {FREE}
if ARGV[5] == '1' then indexes[2] = HELD end
if ARGV[6] == '1' then indexes[#indexes + 1] = LATE end
local sequences = sequences_after(ARGV[3], indexes, reach)
local after = #sequences == reach and sequences[reach] or ''
if hidden == '' then return {after, sequences, values(STATES, sequences)} end

local shown, records, bytes = {}, {}, 0
-- In parts, so that a few large messages are all that is read.
for from = 1, #sequences, 50 do
    local part = {unpack(sequences, from, math.min(from + 49, #sequences))}
    for index, record in ipairs(call('HMGET', MESSAGES, unpack(part))) do
        if sub(record, 34, 33 + #hidden) ~= hidden then
            shown[#shown + 1] = part[index]
            records[#records + 1] = record
        end
        bytes = bytes + #record
        if #shown == limit or bytes > BYTES then
            return {part[index], shown, values(STATES, shown), records}
        end
    end
end
return {after, shown, values(STATES, shown), records}
