-- Forgets lives that were retired long ago. KEYS: the sorted set of retired lives. ARGV: retired until when, how many
-- at the most, and what comes before and after a life in the name of its header. Returns how many.
local lives = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, life in ipairs(lives) do
    redis.call('DEL', ARGV[3] .. life .. ARGV[4])
    redis.call('ZREM', KEYS[1], life)
end
return #lives
