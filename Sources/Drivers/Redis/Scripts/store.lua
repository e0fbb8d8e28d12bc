-- EXPIRY holds each block of 16 sequences that has messages under the score 32 * time + count: how many it has, and a
-- time before which none of them expires. So the index costs a few bytes a message, and a message that lives
-- longer than it was to needs no change of it: a block that comes due is looked at and gets its next time.

-- Stores the records from `first` on under the next sequences, and returns the first of these.
local function store(records, first, earliest, life)
    local count = #records - first + 1
    local last = call('INCRBY', LAST, count)
    local start = last - count + 1
    local fields, free = {}, {}
    for index = 0, count - 1 do
        local record, sequence = records[first + index], format('%d', start + index)
        fields[2 * index + 1], fields[2 * index + 2] = sequence, record
        if byte(record) < 2 then
            free[#free + 1] = sequence
            free[#free + 1] = sequence
        else
            call('ZADD', LATE, sequence, sequence)
            call('ZADD', TIMES, (struct.unpack('<i8', record, 18)), 'd' .. sequence)
        end
    end
    many('HSET', MESSAGES, fields)
    many('ZADD', FREE, free)
    local block, is_due_known = floor(start / 16), false
    if block * 16 < start then
        -- The block most likely has messages, and these expire no earlier: then counting them is all.
        local name, members = format('%d', block), math.min(last, block * 16 + 15) - start + 1
        local score = tonumber(call('ZINCRBY', EXPIRY, members, name))
        local time = floor(score / 32)
        -- What a block is due for, the pool knows already.
        is_due_known = time > 0 and time <= earliest
        if not is_due_known then call('ZADD', EXPIRY, format('%d', earliest * 32 + score % 32), name) end
        block = block + 1
    end
    local blocks = {}
    for block = block, floor(last / 16) do
        blocks[#blocks + 1] = format('%d', earliest * 32 + math.min(last, block * 16 + 15) - block * 16 + 1)
        blocks[#blocks + 1] = format('%d', block)
    end
    many('ZADD', EXPIRY, blocks)
    if not is_due_known then call('ZADD', DUE, 'LT', format('%d', earliest), life) end
    if is_captured then
        local sequences = {}
        for index = 0, count - 1 do sequences[index + 1] = fields[2 * index + 1] end
        mark('m', sequences)
    end
    return start
end
