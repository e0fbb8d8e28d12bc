-- Ends the capture of a migration, wherever it is. ARGV: header, migration.
if not is_captured or epoch ~= sub(ARGV[1], 2) or noted('capture') ~= tonumber(ARGV[2]) then return 0 end
call('UNLINK', MARKS)
call('HDEL', MOVE, 'capture', 'fence')
call('SET', HEADER, 'S' .. epoch)
return 0
