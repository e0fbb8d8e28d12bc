-- Ends a life. KEYS: those of the queue, and the sorted set of retired lives by when. ARGV: the header that the
-- caller believes in, its epoch, the life, now. Everything goes at once: the server frees it in the background.
local header = call('GET', HEADER)
if header and byte(header) == 82 then return 0 end
if header and header ~= ARGV[1] and tonumber(sub(header, 2)) > tonumber(ARGV[2]) then return -2 end
call('UNLINK', LAST, MESSAGES, FREE, EXPIRY, LATE, TIMES, KEPT, STATES, HELD, CLAIMS)
call('SET', HEADER, 'R' .. ARGV[2])
call('ZREM', DUE, ARGV[3])
call('ZADD', KEYS[13], ARGV[4], ARGV[3])
return 0
