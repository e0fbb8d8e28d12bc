-- ARGV: project, name, life, pool, version that the caller saw, version to be, epoch, metadata, how many changes to
-- remember. Returns 1, or 0 if nothing was changed.
local project, name, life, pool, seen, version, epoch, metadata, remembered = unpack(ARGV)
local old, page = find(project, name)
if not old then return 0 end
local old_life, from, old_version, _, place = parts(old)
local to = call('HGET', POOLS, pool)
if not to or old_life ~= life or old_version ~= seen then return 0 end

if place == '@' then call('HDEL', METADATA, life) end
call('ZREM', page, old)
call('ZADD', page, 0, made(name, life, to, version, epoch, metadata))
if from ~= to then
    call('HINCRBY', POOL .. from, 'queues', -1)
    call('HINCRBY', POOL .. to, 'queues', 1)
end
note_change(project, name, remembered)
return 1
