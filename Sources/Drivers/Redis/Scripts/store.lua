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
    local blocks, is_due_known = {}, false
    for block = floor(start / 16), floor(last / 16) do
        local members = math.min(last, block * 16 + 15) - math.max(start, block * 16) + 1
        local time = earliest
        local name = format('%d', block)
        local score = block * 16 < start and tonumber(call('ZSCORE', EXPIRY, name) or nil)
        if score then
            members = members + score % 32
            time = math.min(time, floor(score / 32))
            -- What this block is due for, the pool knows already.
            is_due_known = floor(score / 32) <= earliest
        end
        blocks[#blocks + 1] = format('%d', time * 32 + members)
        blocks[#blocks + 1] = name
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
