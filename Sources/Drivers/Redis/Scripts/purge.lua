-- Deletes unclaimed messages. ARGV: header, now, the last sequence, limit. Returns how many.
local now, limit = tonumber(ARGV[2]), math.max(0, tonumber(ARGV[4]))
if settle(now, STEP) >= STEP then return -3 end
local sequences = call('ZRANGEBYSCORE', FREE, '-inf', ARGV[3], 'LIMIT', 0, limit)
for _, sequence in ipairs(call('ZRANGEBYSCORE', LATE, '-inf', ARGV[3], 'LIMIT', 0, limit - #sequences)) do
    sequences[#sequences + 1] = sequence
end
remove(sequences)
mark('m', sequences)
return #sequences
