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
    local due = format('%d', now * 32 + 31)
    local ended = call('ZRANGEBYSCORE', TIMES, '-inf', now, 'LIMIT', 0, budget)
    local blocks = call('ZRANGEBYSCORE', EXPIRY, '-inf', due, 'LIMIT', 0, 1)
    -- Most often nothing is due, and then what follows need not even be made.
    if #ended == 0 and #blocks == 0 then return 0 end

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

    local left = budget
    for _, member in ipairs(ended) do
        if left <= 0 then return budget end
        if byte(member) == 100 then
            wake(member)
            left = left - 1
        else
            left = left - end_claim(member, left)
        end
    end
    while left > 0 do
        blocks = call('ZRANGEBYSCORE', EXPIRY, '-inf', due, 'LIMIT', 0, 1)
        if #blocks == 0 then break end
        left = left - expire(blocks[1], now, left)
    end
    return budget - left
end

-- What one call of a script settles at the most: a millisecond or so.
local STEP = 1000
