-- ARGV: project, name, life, names of the pools from and to, state, document, how many migrations that are over to
-- keep, and the entry for the audit log. Returns the number that the migration was given; below 0 that of another one,
-- which moves the life; 'queue' if there is no such queue in that pool, or 'pool' if there is no such pool to move to.
local project, name, life, from, to, state, document, kept = unpack(ARGV, 1, 8)
-- How many are forgotten at a time.
local FORGOTTEN = 100

-- Forgets the first of those that are over, if there are more than are kept.
local function forget()
    local excess = math.min(call('ZCARD', OVER) - kept, FORGOTTEN)
    if excess <= 0 then return end
    for _, number in ipairs(call('ZRANGE', OVER, 0, excess - 1)) do
        call('DEL', MIGRATION .. number)
        call('ZREM', OVER, number)
        call('ZREM', MIGRATIONS, number)
    end
end

local present = call('HGET', MOVES, life)
if present then return -tonumber(present) end
local record = find(project, name)
local queue = record and told(record)
if not queue or queue[2] ~= life or queue[3] ~= from then return 'queue' end
if call('HEXISTS', POOLS, to) == 0 then return 'pool' end

local number = count('migration')
call(
    'HSET', MIGRATION .. number, 'project', project, 'name', name, 'life', life, 'from', from, 'to', to, 'state', state,
    'over', '0', 'document', document, 'version', '1')
call('ZADD', MIGRATIONS, number, number)
call('ZADD', MOVING, number, number)
call('HSET', MOVES, life, number)
count_moves(from, to, 1)
forget()
note(9)
return tonumber(number)
