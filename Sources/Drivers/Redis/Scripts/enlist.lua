-- Enters lives that an older format did not list. KEYS: LIVES, then headers. ARGV: what comes before a life in the
-- names of its keys.
for index = 2, #KEYS do
    local header = redis.call('GET', KEYS[index])
    if header and string.byte(header) ~= 82 then
        local life = string.match(string.sub(KEYS[index], #ARGV[1] + 1), '^%d+')
        redis.call('ZADD', KEYS[1], 0, string.rep('0', 19 - #life) .. life)
    end
end
return 0
