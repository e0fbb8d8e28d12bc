-- ARGV: name, and the entry for the audit log. Returns 0 if it is gone, how many queues keep it, below 0 how many
-- migrations do, or the flavor whose last pool it is.
local number = call('HGET', POOLS, ARGV[1])
if number then
    local uri, queues, moves, flavor = unpack(call('HMGET', POOL .. number, 'uri', 'queues', 'moves', 'flavor'))
    if queues ~= '0' then return tonumber(queues) end
    if moves and moves ~= '0' then return -tonumber(moves) end
    if flavor and flavor ~= '' and call('SCARD', CARRIERS .. flavor) == 1 then return flavor end
    if flavor then call('SREM', CARRIERS .. flavor, number) end
    call('DEL', POOL .. number)
    call('HDEL', POOLS, ARGV[1])
    call('HDEL', URIS, uri)
end
note(2)
return 0
