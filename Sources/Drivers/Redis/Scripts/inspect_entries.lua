-- Looks at some entries of an index, and whether they stand for something; mends what differs if that is wanted. ARGV:
-- life, cursor, now, "1" to mend, which index. Returns the next cursor, "0" at the end, and how many entries stand for
-- nothing, how many claims have an end that nothing would notice, and how many counts are wrong.
local now, is_mending, index = tonumber(ARGV[3]), ARGV[4] == '1', ARGV[5]
local empty, endless, miscounted = 0, 0, 0

local function has_bodies(parcel)
    return call('HSTRLEN', queue .. 'bodies', parcel.name) >= #parcel.value - 8 + 4 * parcel.count
end

-- A message without its body is none.
local function is_there(sequence)
    local parcel = parcel_of(sequence)
    if not parcel then return call('HEXISTS', queue .. 'messages', sequence) == 1 end
    return has_bodies(parcel)
end

-- Whether an entry of PARCELS belongs to a parcel that has its bodies, or to a block that has messages.
local function is_of_parcel(name)
    if name == 'n' then return true end
    if byte(name) == 98 then return call('ZSCORE', queue .. 'expiry', sub(name, 2)) end
    local parcel = parcel_at(tonumber(byte(name) == 103 and sub(name, 2) or name) or -1)
    return parcel and has_bodies(parcel)
end

-- A parcel that has lost a message is not sealed.
local function is_sealed(name, last)
    local parcel = parcel_at(tonumber(sub(name, 9)) or -1)
    return parcel and parcel.name == sub(name, 1, 8) and parcel.gone == 0
        and tonumber(last) == parcel.first + parcel.count - 1
end

local function is_awaited(member)
    local name = sub(member, 2)
    if byte(member) == 100 then return call('ZSCORE', queue .. 'late', name) end
    return call('HEXISTS', queue .. 'claims', name) == 1
end

-- Each index: its key, how it is read, how an entry goes, and whether one stands for something.
local indexes = {
    parcels = {queue .. 'parcels', 'HSCAN', 'HDEL', is_of_parcel},
    sealed = {queue .. 'sealed', 'ZSCAN', 'ZREM', is_sealed},
    free = {queue .. 'free', 'ZSCAN', 'ZREM', is_there},
    held = {queue .. 'held', 'ZSCAN', 'ZREM', is_there},
    late = {queue .. 'late', 'ZSCAN', 'ZREM', is_there},
    states = {queue .. 'states', 'HSCAN', 'HDEL', is_there},
    kept = {queue .. 'kept', 'HSCAN', 'HDEL', function(_, sequence) return is_there(sequence) end},
    times = {queue .. 'times', 'ZSCAN', 'ZREM', is_awaited},
    claims = {queue .. 'claims', 'HSCAN', 'HDEL', function() return true end},
    expiry = {queue .. 'expiry', 'ZSCAN', 'ZREM', function() return true end},
}

local function look_at_claim(id, claim)
    if call('ZSCORE', queue .. 'times', 'c' .. id) then return end
    endless = endless + 1
    if is_mending then call('ZADD', queue .. 'times', (struct.unpack('<i8', claim, 17)), 'c' .. id) end
end

local function look_at_block(block, score)
    local count = 0
    for sequence = block * 16, block * 16 + 15 do
        if is_there(format('%d', sequence)) then count = count + 1 end
    end
    if count == tonumber(score) % 32 then return end
    miscounted = miscounted + 1
    if is_mending then expire(block, now, 0) end
end

local key, scan, drop_entry, stands = unpack(indexes[index])
local page = call(scan, key, ARGV[2], 'COUNT', index == 'expiry' and 50 or 500)
for place = 1, #page[2], 2 do
    local member, value = page[2][place], page[2][place + 1]
    if not stands(member, value) then
        empty = empty + 1
        if is_mending then call(drop_entry, key, member) end
    end
    if index == 'claims' then look_at_claim(member, value) end
    if index == 'expiry' then look_at_block(tonumber(member), value) end
end
if is_mending and empty + endless + miscounted > 0 then call('ZADD', 'weir:due', 'LT', now, ARGV[1]) end
return {page[1], empty, endless, miscounted}
