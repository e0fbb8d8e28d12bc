-- Deletes unclaimed messages. ARGV: header, now, the last sequence, limit. Returns how many.
local now, last, limit = tonumber(ARGV[2]), tonumber(ARGV[3]), math.max(0, tonumber(ARGV[4]))
if is_due(now) then return -3 end
local sequences = {}
for _, sequence in ipairs(sequences_after('-1', {queue .. 'free', queue .. 'sealed', queue .. 'late'}, limit)) do
    if tonumber(sequence) > last then break end
    sequences[#sequences + 1] = sequence
end
remove(sequences)
mark('m', sequences)
return #sequences
