-- ARGV: number of the migration, version that the caller saw, version to be, state, '1' if it is over or else '0',
-- document; if its queue gets a new route, how many changes to remember, life, epoch, pool to be and epoch to be,
-- otherwise nothing in place of each; and the entry for the audit log. Returns 1, or 0 if nothing was changed.
local number, seen, version, state, over, document, remembered, life, epoch, pool, next_epoch =
    unpack(ARGV, 1, 11)

-- Gives the queue its new route; false if it has not the one that was.
local function follow(project, name)
    local old, page = find(project, name)
    if not old then return false end
    local old_life, _, old_version, old_epoch, place, metadata = parts(old)
    local to = call('HGET', POOLS, pool)
    if not to or old_life ~= life or old_epoch ~= epoch then return false end
    if place == '@' then metadata = call('HGET', METADATA, life) end
    put(project, page, old, to, format('%d', old_version + 1), next_epoch, metadata, remembered)
    return true
end

local old = told_migration(number)
if not old then return 0 end
local project, name, old_life, from, to, _, was_over, _, old_version = unpack(old)
if old_version ~= seen or was_over > over then return 0 end
if life ~= '' and not follow(project, name) then return 0 end

call('HSET', MIGRATION .. number, 'state', state, 'over', over, 'document', document, 'version', version)
if over ~= was_over then
    call('ZREM', MOVING, number)
    call('ZADD', OVER, number, number)
    call('HDEL', MOVES, old_life)
    count_moves(from, to, -1)
end
note(12)
return 1
