-- Makes ready to hold a queue. KEYS: the header. ARGV: what it is to be.
local header = redis.call('GET', KEYS[1])
if not header then redis.call('SET', KEYS[1], ARGV[1]) end
return (not header or header == ARGV[1]) and 0 or -2
