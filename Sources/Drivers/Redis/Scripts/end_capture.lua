-- Ends the capture of a migration, wherever it is. ARGV: header, migration.
if not is_captured or epoch ~= sub(ARGV[1], 2) or noted('capture') ~= tonumber(ARGV[2]) then return 0 end
call('UNLINK', queue .. 'marks')
call('HDEL', queue .. 'move', 'capture', 'fence')
call('SET', queue .. 'header', 'S' .. epoch)
return 0
