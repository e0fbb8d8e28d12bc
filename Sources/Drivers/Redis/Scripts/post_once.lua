-- Stores new messages and a receipt, unless the receipt is there already. ARGV: header, life, the earliest time at which
-- one of the messages expires, now, the receipt's id, its fingerprint as a claim has its ttl, its end as a number and as a
-- claim has it, records. Returns 0 and the first sequence; for a repeat 1 and the first sequence of then; 2 if something
-- else was posted.
local id = ARGV[5]
local known = live_claim(id, tonumber(ARGV[4]))
if known then
    if sub(known, 1, 8) ~= ARGV[6] then return {2} end
    return {1, (struct.unpack('<i8', known, 9))}
end
local start = store(ARGV, 9, tonumber(ARGV[3]), ARGV[2])
call('HSET', queue .. 'claims', id, ARGV[6] .. struct.pack('<i8', start) .. ARGV[8])
call('ZADD', queue .. 'times', ARGV[7], 'c' .. id)
call('ZADD', 'weir:due', 'LT', ARGV[7], ARGV[2])
mark('c', {id})
return {0, start}
