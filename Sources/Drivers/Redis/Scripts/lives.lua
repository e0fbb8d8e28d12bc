-- Lives in order. KEYS: LIVES. ARGV: after which, limit, and what comes before a life in the names of its keys, and
-- what after it in those of its header and of MOVE. Returns for each the life, its header, and of MOVE turn, capture,
-- fence.
local answer = {}
for _, place in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])) do
    local life = string.gsub(place, '^0+', '')
    local header = redis.call('GET', ARGV[3] .. life .. ARGV[4])
    local notes = redis.call('HMGET', ARGV[3] .. life .. ARGV[5], 'turn', 'capture', 'fence')
    answer[#answer + 1] = {life, header, notes[1], notes[2], notes[3]}
end
return answer
