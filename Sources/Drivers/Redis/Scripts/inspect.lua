-- Looks at some messages, and whether all indexes have them as they should; mends what differs if that is wanted. ARGV:
-- life, cursor, now, "1" to mend. Returns the next cursor, "0" at the end, and how many messages are not where they
-- should be, how many are held by a claim that does not exist, and how many have an end that nothing would notice.
local now, is_mending = tonumber(ARGV[3]), ARGV[4] == '1'
local misplaced, unclaimed, endless = 0, 0, 0
local mended = {}

local function holds(state)
    return state and byte(state) == 1 and call('HEXISTS', CLAIMS, sub(state, 6, 21)) == 1
end

local function put(sequence, record, state)
    mended[#mended + 1] = sequence
    for _, key in ipairs({FREE, HELD, LATE}) do call('ZREM', key, sequence) end
    local delay = struct.unpack('<i8', record, 18)
    if holds(state) and is_claimed(state, now) then
        call('ZADD', HELD, sequence, sequence)
    elseif delay > now then
        call('ZADD', LATE, sequence, sequence)
        call('ZADD', TIMES, delay, 'd' .. sequence)
    else
        call('ZADD', FREE, sequence, sequence)
    end
end

-- As release.lua does.
local function give_back(sequence, state)
    call('ZREM', HELD, sequence)
    call('ZADD', FREE, sequence, sequence)
    if not state then return end
    call('HSET', STATES, sequence, '\0' .. sub(state, 2, 5) .. string.rep('\0', 24) .. sub(state, 30))
    mended[#mended + 1] = sequence
end

-- Whether the id that a record keeps leads to it.
local function is_kept(record)
    if byte(record) % 2 == 0 then return true end
    local at = 36 + (struct.unpack('<H', record, 34))
    return call('HEXISTS', KEPT, sub(record, at, at + 15)) == 1
end

local function keep(sequence, record)
    local at = 36 + (struct.unpack('<H', record, 34))
    call('HSET', KEPT, sub(record, at, at + 15), sequence)
end

local function is_delay_noticed(sequence)
    return not call('ZSCORE', LATE, sequence) or call('ZSCORE', TIMES, 'd' .. sequence)
end

local function is_expiry_noticed(block, record, state)
    local score = tonumber(call('ZSCORE', EXPIRY, block) or nil)
    return score and floor(score / 32) <= expires(record, state)
end

local function look_at(sequence, record, state)
    local places = 0
    for _, key in ipairs({FREE, HELD, LATE}) do
        if call('ZSCORE', key, sequence) then places = places + 1 end
    end
    if places ~= 1 or not is_kept(record) then
        misplaced = misplaced + 1
        if is_mending and places ~= 1 then put(sequence, record, state) end
        if is_mending and not is_kept(record) then keep(sequence, record) end
    end
    if call('ZSCORE', HELD, sequence) and not holds(state) then
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

local page = call('HSCAN', MESSAGES, ARGV[2], 'COUNT', 100)
for index = 1, #page[2], 2 do
    local sequence = page[2][index]
    look_at(sequence, page[2][index + 1], call('HGET', STATES, sequence))
end
if is_mending and misplaced + unclaimed + endless > 0 then call('ZADD', DUE, 'LT', now, ARGV[1]) end
mark('m', mended)
return {page[1], misplaced, unclaimed, endless}
