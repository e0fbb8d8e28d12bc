-- Looks at some messages, and whether all indexes have them as they should; mends what differs if that is wanted. ARGV:
-- life, cursor, now, "1" to mend, where to look: "messages" or "parcels". Returns the next cursor, "0" at the end, and how
-- many messages are not where they should be, how many are held by a claim that does not exist, and how many have an end
-- that nothing would notice.
local now, is_mending, place = tonumber(ARGV[3]), ARGV[4] == '1', ARGV[5]
local misplaced, unclaimed, endless = 0, 0, 0
local mended = {}

local function holds(state)
    return state and byte(state) == 1 and call('HEXISTS', queue .. 'claims', sub(state, 6, 21)) == 1
end

-- How many indexes find a message.
local function indexes_of(sequence)
    local count = 0
    for _, key in ipairs({queue .. 'free', queue .. 'held', queue .. 'late'}) do
        if call('ZSCORE', key, sequence) then count = count + 1 end
    end
    local parcel = parcel_of(sequence)
    return parcel and call('ZSCORE', queue .. 'sealed', parcel.name .. parcel.digits) and count + 1 or count
end

local function put(sequence, record, state)
    mended[#mended + 1] = sequence
    local parcel = parcel_of(sequence)
    if parcel then open(parcel, 0) end
    for _, key in ipairs({queue .. 'free', queue .. 'held', queue .. 'late'}) do call('ZREM', key, sequence) end
    local delay = struct.unpack('<i8', record, 18)
    if holds(state) and is_claimed(state, now) then
        call('ZADD', queue .. 'held', sequence, sequence)
    elseif delay > now then
        call('ZADD', queue .. 'late', sequence, sequence)
        call('ZADD', queue .. 'times', delay, 'd' .. sequence)
    else
        call('ZADD', queue .. 'free', sequence, sequence)
    end
end

-- As release.lua does.
local function give_back(sequence, state)
    call('ZREM', queue .. 'held', sequence)
    call('ZADD', queue .. 'free', sequence, sequence)
    if not state then return end
    call('HSET', queue .. 'states', sequence, '\0' .. sub(state, 2, 5) .. string.rep('\0', 24) .. sub(state, 30))
    mended[#mended + 1] = sequence
end

-- Whether the id that a record keeps leads to it.
local function is_kept(record)
    if byte(record) % 2 == 0 then return true end
    local at = 36 + (struct.unpack('<H', record, 34))
    return call('HEXISTS', queue .. 'kept', sub(record, at, at + 15)) == 1
end

local function keep(sequence, record)
    local at = 36 + (struct.unpack('<H', record, 34))
    call('HSET', queue .. 'kept', sub(record, at, at + 15), sequence)
end

local function is_delay_noticed(sequence)
    return not call('ZSCORE', queue .. 'late', sequence) or call('ZSCORE', queue .. 'times', 'd' .. sequence)
end

local function is_expiry_noticed(block, record, state)
    local score = tonumber(call('ZSCORE', queue .. 'expiry', block) or nil)
    return score and floor(score / 32) <= expires(record, state)
end

local function look_at(sequence, record)
    local state = call('HGET', queue .. 'states', sequence)
    local places = indexes_of(sequence)
    if places ~= 1 or not is_kept(record) then
        misplaced = misplaced + 1
        if is_mending and places ~= 1 then put(sequence, record, state) end
        if is_mending and not is_kept(record) then keep(sequence, record) end
    end
    if call('ZSCORE', queue .. 'held', sequence) and not holds(state) then
        unclaimed = unclaimed + 1
        if is_mending then give_back(sequence, state) end
    end
    local block = floor(sequence / 16)
    if not is_delay_noticed(sequence) or not is_expiry_noticed(block, record, state) then
        endless = endless + 1
        if is_mending then
            if not is_delay_noticed(sequence) then put(sequence, record, state) end
            expire(block, now, 0)
        end
    end
end

-- Lets the block of a message lead to its parcel.
local function lead_to(parcel, place)
    local sequence = parcel.first + place
    local block = floor(sequence / 16)
    local name, at = 'b' .. format('%d', block), sequence - block * 16
    local places = call('HGET', queue .. 'parcels', name) or ''
    places = places .. string.rep('\0', at - #places)
    places = sub(places, 1, at) .. string.char(place + 1) .. sub(places, at + 2)
    call('HSET', queue .. 'parcels', name, places)
    places_in_blocks[block] = places
end

local function look_into(parcel)
    for place = 0, parcel.count - 1 do
        if bit.band(parcel.gone, bit.lshift(1, place)) == 0 then
            local sequence = format('%d', parcel.first + place)
            if parcel_of(sequence) ~= parcel then
                misplaced = misplaced + 1
                if is_mending then lead_to(parcel, place) end
            else
                look_at(sequence, head_in(parcel, place))
            end
        end
    end
end

local page = call('HSCAN', place == 'parcels' and queue .. 'parcels' or queue .. 'messages', ARGV[2], 'COUNT', 100)
for index = 1, #page[2], 2 do
    local name = page[2][index]
    if place ~= 'parcels' then
        look_at(name, page[2][index + 1])
    elseif tonumber(name) then
        look_into(parcel_at(tonumber(name)))
    end
end
if is_mending and misplaced + unclaimed + endless > 0 then call('ZADD', 'weir:due', 'LT', now, ARGV[1]) end
mark('m', mended)
return {page[1], misplaced, unclaimed, endless}
