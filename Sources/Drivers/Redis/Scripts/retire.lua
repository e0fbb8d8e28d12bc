-- Ends a life, whatever its role. ARGV: the header that the caller believes in, the life, now, the life in LIVES.
if role == 'R' then return 0 end
if is_served and tonumber(epoch) > tonumber(sub(ARGV[1], 2)) then return -2 end
unlink_data()
call('UNLINK', MOVE)
call('SET', HEADER, 'R' .. sub(ARGV[1], 2))
call('ZREM', DUE, ARGV[2])
call('ZREM', LIVES, ARGV[4])
call('ZADD', RETIRED, ARGV[3], ARGV[2])
return 0
