-- Removes what the pool holds of a life that it does not serve. ARGV: turn, the life, the life in LIVES.
if not header or role == 'R' then return 0 end
local turn, before = tonumber(ARGV[1]), noted('turn')
local is_same = before and migration_of(before) == migration_of(turn)
if role == 'M' then
    if not is_same and before > turn then return -2 end
    if noted('cleared') then return 0 end
    unlink_data()
    call('HSET', queue .. 'move', 'cleared', 1)
    call('ZADD', 'weir:retired', call('HGET', queue .. 'move', 'moved'), ARGV[2])
else
    if is_served or not before or before > turn then return -2 end
    unlink_data()
    call('UNLINK', queue .. 'header', queue .. 'move')
end
call('ZREM', 'weir:due', ARGV[2])
call('ZREM', 'weir:lives', ARGV[3])
return 0
