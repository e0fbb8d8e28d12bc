-- Writes the name of a flavor, or none, on the pool.
local function carry(number, flavor)
    local old = call('HGET', POOL .. number, 'flavor')
    if old then
        call('SREM', CARRIERS .. old, number)
        call('HDEL', POOL .. number, 'flavor')
    end
    if flavor then
        call('SADD', CARRIERS .. flavor, number)
        call('HSET', POOL .. number, 'flavor', flavor)
    end
    call('HSET', POOL .. number, 'version', count('version'))
end

-- Takes the name of the flavor off all pools.
local function detach(flavor)
    for _, number in ipairs(call('SMEMBERS', CARRIERS .. flavor)) do carry(number, nil) end
end
