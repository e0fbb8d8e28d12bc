-- ARGV: project, name, how many changes to remember. Returns what the record said, or null if there was none.
local project, name, remembered = unpack(ARGV)
local record, page, first = find(project, name)
if not record then return false end
local said = told(record)
local life, number, _, epoch, place = parts(record)

call('ZREM', page, record)
-- A sorted set without members is gone.
if first ~= '' and call('EXISTS', page) == 0 then call('ZREM', PAGES .. project, first) end
if place == '@' then call('HDEL', METADATA, life) end
call('SREM', place_of(life))
if call('HINCRBY', QUEUES, project, -1) == 0 then call('HDEL', QUEUES, project) end
call('HINCRBY', POOL .. number, 'queues', -1)
-- Should the life have been used before, this retirement takes the place of that one.
forget_retirement(life)
call('ZADD', RETIREMENTS, 0, life .. epoch .. ' ' .. said[3])
note_change(project, name, remembered)
return said
