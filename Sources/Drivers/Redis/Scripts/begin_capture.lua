-- Marks changes from now on. ARGV: header, migration. Returns 1 if that migration did so already.
local migration, captured = tonumber(ARGV[2]), noted('capture')
if captured == migration then return 1 end
if captured and captured > migration then return -2 end
-- First what takes something away (claim.lua): so a full pool can be moved.
call('UNLINK', MARKS)
-- It is in use: so the turn that finalised it is over.
call('HDEL', MOVE, 'fence', 'turn')
call('HSET', MOVE, 'capture', ARGV[2])
call('SET', HEADER, 'C' .. epoch)
return 0
