-- Marks changes from now on. ARGV: header, migration. Returns 1 if that migration did so already.
local migration, captured = tonumber(ARGV[2]), noted('capture')
if captured == migration then return 1 end
if captured and captured > migration then return -2 end
-- First what takes something away (claim.lua): so a full pool can be moved.
call('UNLINK', queue .. 'marks')
-- It is in use: so the turn that finalised it is over.
call('HDEL', queue .. 'move', 'fence', 'turn')
call('HSET', queue .. 'move', 'capture', ARGV[2])
call('SET', queue .. 'header', 'C' .. epoch)
return 0
