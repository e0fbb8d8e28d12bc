-- Forgets lives that were retired, or moved and cleared, long ago. KEYS: the sorted set of them. ARGV: before when at
-- the least, how many at the most, and what comes before a life in the names of its keys, and what after it in those of
-- the two that it has. Returns how many.
local lives = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, life in ipairs(lives) do
    redis.call('DEL', ARGV[3] .. life .. ARGV[4], ARGV[3] .. life .. ARGV[5])
    redis.call('ZREM', KEYS[1], life)
end
return #lives
