local function values(key, fields)
    if #fields == 0 then return {} end
    if #fields <= PART then return call('HMGET', key, unpack(fields)) end
    local all = {}
    for from = 1, #fields, PART do
        local part = call('HMGET', key, unpack(fields, from, math.min(from + PART - 1, #fields)))
        for index = 1, #part do all[from + index - 1] = part[index] end
    end
    return all
end

-- Times may be beyond what Lua counts exactly; then they are beyond every clock, and comparing them is exact enough.
local function expires(record, state)
    if state and #state == 45 then return (struct.unpack('<i8', state, 38)) end
    local created, ttl = struct.unpack('<i8i8', record, 2)
    return created + ttl * 1000
end

local function is_claimed(state, now)
    return state and byte(state) == 1 and struct.unpack('<i8', state, 22) > now
end

-- The claim's value if it is live.
local function live_claim(id, now)
    local claim = call('HGET', CLAIMS, id)
    return claim and struct.unpack('<i8', claim, 17) > now and claim
end

local function sequences_of(claim)
    local sequences = {}
    for sequence in string.gmatch(sub(claim, 25), '%d+') do sequences[#sequences + 1] = sequence end
    return sequences
end

-- The visible message with this id: its sequence, record and state.
local function find(native, nonce, id, now)
    local record = call('HGET', MESSAGES, native)
    if record and byte(record) % 2 == 0 and sub(record, 26, 33) == nonce then
        local state = call('HGET', STATES, native)
        if expires(record, state) > now then return native, record, state end
    end
    local sequence = call('HGET', KEPT, id)
    if not sequence then return end
    record = call('HGET', MESSAGES, sequence)
    if not record then return end
    local state = call('HGET', STATES, sequence)
    if expires(record, state) > now then return sequence, record, state end
end

local function forget_kept(sequences)
    for index, record in ipairs(values(MESSAGES, sequences)) do
        if record and byte(record) % 2 == 1 then
            local at = 36 + (struct.unpack('<H', record, 34))
            local id = sub(record, at, at + 15)
            if call('HGET', KEPT, id) == sequences[index] then call('HDEL', KEPT, id) end
        end
    end
end

-- Removes messages from everywhere but EXPIRY. No sequence may be there twice.
local function drop(sequences)
    if call('EXISTS', KEPT) == 1 then forget_kept(sequences) end
    many('HDEL', MESSAGES, sequences)
    many('HDEL', STATES, sequences)
    local found = many('ZREM', FREE, sequences)
    if found < #sequences then found = found + many('ZREM', HELD, sequences) end
    if found == #sequences then return end
    for _, sequence in ipairs(sequences) do
        if call('ZREM', LATE, sequence) == 1 then call('ZREM', TIMES, 'd' .. sequence) end
    end
end

local function remove(sequences)
    if #sequences == 0 then return end
    drop(sequences)
    local gone = {}
    for _, sequence in ipairs(sequences) do
        local block = floor(sequence / 16)
        gone[block] = (gone[block] or 0) + 1
    end
    for block, count in pairs(gone) do
        if tonumber(call('ZINCRBY', EXPIRY, -count, block)) % 32 == 0 then call('ZREM', EXPIRY, block) end
    end
end

-- Frees those of a claim's messages that it still holds. In a shadow a later claim may have come for one, before it
-- was noticed that this claim has ended.
local function free(id, sequences, states)
    for index, sequence in ipairs(sequences) do
        local state = states[index]
        if state and sub(state, 6, 21) == id and call('ZREM', HELD, sequence) == 1 then
            call('ZADD', FREE, sequence, sequence)
        end
    end
end

-- Ends a claim whose time is over, or `left` of its messages, and returns the cost.
local function end_claim(member, left)
    local id = sub(member, 2)
    local claim = call('HGET', CLAIMS, id)
    local sequences = claim and sequences_of(claim) or {}
    if #sequences > left then
        local first = {unpack(sequences, 1, left)}
        free(id, first, values(STATES, first))
        call('HSET', CLAIMS, id, sub(claim, 1, 24) .. table.concat(sequences, ' ', left + 1))
        return left
    end
    free(id, sequences, values(STATES, sequences))
    call('HDEL', CLAIMS, id)
    call('ZREM', TIMES, member)
    return math.max(1, #sequences)
end

local function wake(member)
    local sequence = sub(member, 2)
    if call('ZREM', LATE, sequence) == 1 then call('ZADD', FREE, sequence, sequence) end
    call('ZREM', TIMES, member)
end

-- Removes at most `left` expired messages of a block, gives it its next time, and returns the cost.
local function expire(block, now, left)
    local sequences = {}
    for index = 0, 15 do sequences[index + 1] = format('%d', block * 16 + index) end
    local records, states = values(MESSAGES, sequences), values(STATES, sequences)
    local gone, count, earliest = {}, 0, 2 ^ 47
    for index, record in ipairs(records) do
        if record then
            local time = expires(record, states[index])
            if time <= now and #gone < left then
                gone[#gone + 1] = sequences[index]
            else
                count = count + 1
                earliest = math.min(earliest, time)
            end
        end
    end
    if #gone > 0 then drop(gone) end
    call('ZREM', EXPIRY, block)
    if count > 0 then call('ZADD', EXPIRY, format('%d', earliest * 32 + count), block) end
    return math.max(1, #gone)
end

-- Gives back what delays and claims that ended by `now` held, and removes what has expired: about `budget`
-- messages. Returns how many; it is done when that is less than `budget`.
local function settle(now, budget)
    local left = budget
    for _, member in ipairs(call('ZRANGEBYSCORE', TIMES, '-inf', now, 'LIMIT', 0, left)) do
        if left <= 0 then return budget end
        if byte(member) == 100 then
            wake(member)
            left = left - 1
        else
            left = left - end_claim(member, left)
        end
    end
    local due = format('%d', now * 32 + 31)
    while left > 0 do
        local blocks = call('ZRANGEBYSCORE', EXPIRY, '-inf', due, 'LIMIT', 0, 1)
        if #blocks == 0 then break end
        left = left - expire(blocks[1], now, left)
    end
    return budget - left
end

-- What one call of a script settles at the most: a millisecond or so.
local STEP = 1000
