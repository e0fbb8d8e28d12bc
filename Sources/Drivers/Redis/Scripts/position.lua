-- ARGV: header, now, the sequence in an id, the nonce, the id. Returns the present sequence or nothing.
local sequence = find(ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[2]))
return sequence and tonumber(sequence)
