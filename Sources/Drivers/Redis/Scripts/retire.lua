-- Ends a life, whatever its role. ARGV: the header that the caller believes in, the life, now, the life in LIVES.
if role == 'R' then return 0 end
if is_served and tonumber(epoch) > tonumber(sub(ARGV[1], 2)) then return -2 end
unlink_data()
call('UNLINK', queue .. 'move')
call('SET', queue .. 'header', 'R' .. sub(ARGV[1], 2))
call('ZREM', 'weir:due', ARGV[2])
call('ZREM', 'weir:lives', ARGV[4])
call('ZADD', 'weir:retired', ARGV[3], ARGV[2])
return 0
