-- ARGV: project, name, life, pool, version, epoch, metadata. Returns 0 if the queue was created, the record that was
-- there before, 1 if the life is taken, 2 if the pool takes no queues.
local project, name, life, pool, version, epoch, metadata = unpack(ARGV)

-- Cuts a full page in two.
local function split(page)
    local half = PAGE_QUEUES / 2
    local members = {}
    for _, record in ipairs(call('ZRANGE', page, half, -1)) do
        members[#members + 1] = 0
        members[#members + 1] = record
    end
    local first = name_of(members[2])
    call('ZADD', PAGE .. project .. '\0' .. first, unpack(members))
    call('ZREMRANGEBYRANK', page, half, -1)
    call('ZADD', PAGES .. project, 0, first)
end

local present, page = find(project, name)
if present then return told(present) end
local lives, member = place_of(life)
if call('SISMEMBER', lives, member) == 1 then return 1 end
local number = call('HGET', POOLS, pool)
if not number then return 2 end
local state, weight = unpack(call('HMGET', POOL .. number, 'state', 'weight'))
if state ~= 'open' or weight == '0' then return 2 end

if call('ZCARD', page) >= PAGE_QUEUES then
    split(page)
    page = page_of(project, name)
end
call('ZADD', page, 0, made(name, life, number, version, epoch, metadata))
call('SADD', lives, member)
call('HINCRBY', QUEUES, project, 1)
call('HINCRBY', POOL .. number, 'queues', 1)
return 0
