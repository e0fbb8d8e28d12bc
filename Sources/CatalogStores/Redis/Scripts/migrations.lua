-- What the record of a migration says, as the caller reads it; nothing if there is none.
local function told_migration(number)
    local said = call(
        'HMGET', MIGRATION .. number, 'project', 'name', 'life', 'from', 'to', 'state', 'over', 'document', 'version')
    if not said[1] then return false end
    said[#said + 1] = number
    return said
end

-- Counts a migration for the pools that it names, each once, or takes it off.
local function count_moves(from, to, change)
    call('HINCRBY', POOL .. call('HGET', POOLS, from), 'moves', change)
    if to ~= from then call('HINCRBY', POOL .. call('HGET', POOLS, to), 'moves', change) end
end
