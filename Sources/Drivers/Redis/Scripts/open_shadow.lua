-- Makes room for a copy of a queue. ARGV: the header under which it will be served, turn, the life, the life in LIVES.
-- Returns 0 if it is empty, 1 if it has what the same migration imported, 2 if something is in the way.
local turn, target = tonumber(ARGV[2]), sub(ARGV[1], 2)
local before = noted('turn')

local function leads_on()
    return migration_of(before) == migration_of(turn) and 1 or 2
end

local function start()
    if not header then return 0 end
    if not before or before > turn then return -2 end
    if role == 'I' then return tonumber(epoch) <= tonumber(target) and leads_on() or -2 end
    if role == 'M' then
        if tonumber(epoch) >= tonumber(target) then return -2 end
        return noted('cleared') and 0 or leads_on()
    end
    -- A fence says that clients were served: then the switch did come about.
    local is_left_over = (role == 'S' or role == 'C') and epoch == target and before < turn
    return is_left_over and leads_on() == 1 and 1 or -2
end

local answer = start()
if answer < 0 or answer == 2 then return answer end
if header then
    call('UNLINK', queue .. 'marks')
    call('HDEL', queue .. 'move', 'capture', 'fence', 'moved', 'cleared')
    call('ZREM', 'weir:retired', ARGV[3])
end
call('HSET', queue .. 'move', 'turn', ARGV[2])
call('SET', queue .. 'header', 'I' .. target)
call('ZADD', 'weir:lives', 0, ARGV[4])
return answer
