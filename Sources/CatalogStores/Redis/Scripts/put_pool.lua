-- ARGV: name, uri, weight, options, state, 1 if it has a flavor, the flavor, a former uri that leads to the same store or
-- again the uri, the version that the caller saw or nothing, and the entry for the audit log. Returns 0 if it is stored,
-- nil if the pool has another version, the name of the pool that has the uri, or how many queues keep the uri from
-- changing; below 0, how many migrations.
local name, uri, weight, options, state, has_flavor, flavor, former, seen = unpack(ARGV, 1, 9)
local number = call('HGET', POOLS, name)
if (number and call('HGET', POOL .. number, 'version') or '') ~= seen then return false end
local owner = call('HGET', URIS, uri)
if owner and owner ~= name then return owner end
if number then
    local old, queues, moves = unpack(call('HMGET', POOL .. number, 'uri', 'queues', 'moves'))
    if old ~= uri and old ~= former then
        if queues ~= '0' then return tonumber(queues) end
        if moves and moves ~= '0' then return -tonumber(moves) end
    end
    if old ~= uri then call('HDEL', URIS, old) end
else
    number = count('pool')
    call('HSET', POOLS, name, number)
    call('HSET', POOL .. number, 'name', name, 'queues', '0')
end
call('HSET', URIS, uri, name)
call('HSET', POOL .. number, 'uri', uri, 'weight', weight, 'options', options, 'state', state)
carry(number, has_flavor == '1' and flavor or nil)
note(10)
return 0
