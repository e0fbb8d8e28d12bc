-- Stores the records from `first` on under the next sequences, and returns the first of these.
local function store(records, first, earliest, life)
    local count = #records - first + 1
    local last = call('INCRBY', queue .. 'last', count)
    local start = last - count + 1
    local fields, free, awake = {}, {}, nil
    for index = 0, count - 1 do
        local record, sequence = records[first + index], format('%d', start + index)
        fields[2 * index + 1], fields[2 * index + 2] = sequence, record
        if byte(record) < 2 then
            free[#free + 1] = sequence
            free[#free + 1] = sequence
        else
            local time = struct.unpack('<i8', record, 18)
            call('ZADD', queue .. 'late', sequence, sequence)
            call('ZADD', queue .. 'times', time, 'd' .. sequence)
            awake = math.min(awake or time, time)
        end
    end
    many('HSET', queue .. 'messages', fields)
    many('ZADD', queue .. 'free', free)
    count_in_blocks(start, last, earliest, life)
    if awake then call('ZADD', 'weir:due', 'LT', awake, life) end
    if is_captured then
        local sequences = {}
        for index = 0, count - 1 do sequences[index + 1] = fields[2 * index + 1] end
        mark('m', sequences)
    end
    return start
end
