-- Serves a fenced queue no more. ARGV: header, the epoch under which it is served elsewhere, turn, now.
if not header then return -1 end
local migration = migration_of(tonumber(ARGV[3]))
if role == 'M' then return migration_of(noted('turn')) == migration and 0 or -2 end
if role ~= 'F' or epoch ~= sub(ARGV[1], 2) or noted('capture') ~= migration then return -2 end
call('UNLINK', queue .. 'marks')
call('HDEL', queue .. 'move', 'capture', 'fence')
call('HSET', queue .. 'move', 'turn', ARGV[3], 'moved', ARGV[4])
call('SET', queue .. 'header', 'M' .. ARGV[2])
return 0
