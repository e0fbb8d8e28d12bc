-- Removes marks. ARGV: header, migration, the last of them.
if noted('capture') ~= tonumber(ARGV[2]) then return -2 end
call('ZREMRANGEBYSCORE', queue .. 'marks', '-inf', ARGV[3])
return 0
