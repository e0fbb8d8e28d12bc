-- Marks lives as due, so that each is looked at before anything else is done in it. KEYS: LIVES, DUE. ARGV: after which,
-- limit. Returns the last of them, or nothing at the end.
local places = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])
for _, place in ipairs(places) do redis.call('ZADD', KEYS[2], 'LT', 0, (string.gsub(place, '^0+', ''))) end
return places[#places]
