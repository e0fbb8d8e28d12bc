-- Removes at most `left` expired messages of a block, gives it its next time, and returns the cost.
local function expire(block, now, left)
    local sequences = {}
    for index = 0, 15 do sequences[index + 1] = format('%d', block * 16 + index) end
    local found, states = heads(sequences), values(queue .. 'states', sequences)
    local gone, count, earliest = {}, 0, 2 ^ 47
    for index, record in ipairs(found) do
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
    call('ZREM', queue .. 'expiry', block)
    if count > 0 then call('ZADD', queue .. 'expiry', format('%d', earliest * 32 + count), block) else forget_block(block) end
    return math.max(1, #gone)
end

-- Ends a claim whose time is over, or `left` of its messages, and returns the cost.
local function end_claim(member, left)
    local id = sub(member, 2)
    local claim = call('HGET', queue .. 'claims', id)
    local sequences = claim and sequences_of(claim) or {}
    if #sequences > left then
        local first = {unpack(sequences, 1, left)}
        free(id, first, values(queue .. 'states', first))
        -- First what takes something away (claim.lua): those messages may be gone.
        call('HDEL', queue .. 'claims', id)
        call('HSET', queue .. 'claims', id, sub(claim, 1, 24) .. table.concat(sequences, ' ', left + 1))
        return left
    end
    free(id, sequences, values(queue .. 'states', sequences))
    call('HDEL', queue .. 'claims', id)
    call('ZREM', queue .. 'times', member)
    return math.max(1, #sequences)
end

local function wake(member)
    local sequence = sub(member, 2)
    if call('ZREM', queue .. 'late', sequence) == 1 then call('ZADD', queue .. 'free', sequence, sequence) end
    call('ZREM', queue .. 'times', member)
end

-- Gives back what delays and claims that ended by `now` held, and removes what has expired: about `budget`
-- messages. Returns how many; it is done when that is less than `budget`.
local function settle(now, budget)
    local left = budget
    for _, member in ipairs(call('ZRANGEBYSCORE', queue .. 'times', '-inf', now, 'LIMIT', 0, budget)) do
        if left <= 0 then return budget end
        if byte(member) == 100 then
            wake(member)
            left = left - 1
        else
            left = left - end_claim(member, left)
        end
    end
    while left > 0 do
        local blocks = call('ZRANGEBYSCORE', queue .. 'expiry', '-inf', format('%d', now * 32 + 31), 'LIMIT', 0, 1)
        if #blocks == 0 then break end
        left = left - expire(blocks[1], now, left)
    end
    return budget - left
end
