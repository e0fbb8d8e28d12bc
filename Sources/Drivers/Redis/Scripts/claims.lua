-- Claims in no order. ARGV: the server's cursor or nothing, about how many. Returns the next cursor, "0" at the end,
-- and claims and their values by turns. Few claims come all at once, if there was no cursor: then there is none again.
if ARGV[1] ~= '' then return call('HSCAN', queue .. 'claims', ARGV[1], 'COUNT', ARGV[2]) end
if call('HLEN', queue .. 'claims') <= 500 then return {'', call('HGETALL', queue .. 'claims')} end
return call('HSCAN', queue .. 'claims', 0, 'COUNT', ARGV[2])
