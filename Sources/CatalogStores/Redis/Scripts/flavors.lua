-- Writes the flavor, or nothing in its place, and keeps account of what flavors of its name require. What it was and
-- is: 1 or 0, then what it requires.
local function set_flavor(project, name, new)
    local old = call('HGET', FLAVORS .. project, name)
    if old and call('HINCRBY', REQUIRED .. name, sub(old, 2), -1) == 0 then
        call('HDEL', REQUIRED .. name, sub(old, 2))
    end
    if new then
        call('HSET', FLAVORS .. project, name, new)
        call('ZADD', NAMES .. project, 0, name)
        call('HINCRBY', REQUIRED .. name, sub(new, 2), 1)
    else
        call('HDEL', FLAVORS .. project, name)
        call('ZREM', NAMES .. project, name)
    end
end
