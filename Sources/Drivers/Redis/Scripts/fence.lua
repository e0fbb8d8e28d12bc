-- Refuses operations from now on. ARGV: header, turn.
local turn = tonumber(ARGV[2])
if noted('capture') ~= migration_of(turn) or turn <= (noted('unfenced') or 0) then return -2 end
if role == 'F' and noted('fence') >= turn then return 0 end
-- First what takes something away (claim.lua): so a full pool can be moved.
call('HDEL', queue .. 'move', 'fence')
call('HSET', queue .. 'move', 'fence', ARGV[2])
call('SET', queue .. 'header', 'F' .. epoch)
return 0
