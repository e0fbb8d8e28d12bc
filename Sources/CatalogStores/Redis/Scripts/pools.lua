-- Returns all pools, in no order.
local said = {}
for _, number in ipairs(call('HVALS', POOLS)) do
    said[#said + 1] = call(
        'HMGET', POOL .. number, 'name', 'uri', 'weight', 'flavor', 'options', 'state', 'queues', 'version')
end
return said
