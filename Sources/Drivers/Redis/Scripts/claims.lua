-- Claims in no order. ARGV: the server's cursor or nothing, about how many. Returns the next cursor, "0" at the end,
-- and claims and their values by turns. Few claims come all at once, if there was no cursor: then there is none again.
if ARGV[1] ~= '' then return call('HSCAN', CLAIMS, ARGV[1], 'COUNT', ARGV[2]) end
if call('HLEN', CLAIMS) <= 500 then return {'', call('HGETALL', CLAIMS)} end
return call('HSCAN', CLAIMS, 0, 'COUNT', ARGV[2])
