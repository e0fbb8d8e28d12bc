-- Messages of any kind. ARGV: after, limit, how many bytes of records to exceed at the most by one. Returns where the
-- next page goes on ("" at the end), sequences, records, states.
local reach, bytes = tonumber(ARGV[2]), tonumber(ARGV[3])
local sequences = sequences_after(ARGV[1], {queue .. 'free', queue .. 'sealed', queue .. 'held', queue .. 'late'}, reach)
local shown, found = {}, {}
-- In parts, so that a few large messages are all that is read.
for from = 1, #sequences, 50 do
    local part = {unpack(sequences, from, math.min(from + 49, #sequences))}
    for index, record in ipairs(records(part)) do
        bytes = bytes - (record and #record or 0)
        if bytes < 0 and #shown > 0 then return {shown[#shown], shown, found, values(queue .. 'states', shown)} end
        shown[#shown + 1] = part[index]
        found[#found + 1] = record
    end
end
return {#shown == reach and shown[reach] or '', shown, found, values(queue .. 'states', shown)}
