local function forget_kept(sequences)
    for index, record in ipairs(values(MESSAGES, sequences)) do
        if record and byte(record) % 2 == 1 then
            local at = 36 + (struct.unpack('<H', record, 34))
            local id = sub(record, at, at + 15)
            if call('HGET', KEPT, id) == sequences[index] then call('HDEL', KEPT, id) end
        end
    end
end

-- Removes messages from everywhere but EXPIRY. No sequence may be there twice. If all are likely to be claimed, `held`
-- says so.
local function drop(sequences, held)
    if call('EXISTS', KEPT) == 1 then forget_kept(sequences) end
    many('HDEL', MESSAGES, sequences)
    many('HDEL', STATES, sequences)
    local first, second = held and HELD or FREE, held and FREE or HELD
    local found = many('ZREM', first, sequences)
    if found < #sequences then found = found + many('ZREM', second, sequences) end
    if found == #sequences then return end
    for _, sequence in ipairs(sequences) do
        if call('ZREM', LATE, sequence) == 1 then call('ZREM', TIMES, 'd' .. sequence) end
    end
end

local function remove(sequences, held)
    if #sequences == 0 then return end
    drop(sequences, held)
    local gone = {}
    for _, sequence in ipairs(sequences) do
        local block = floor(sequence / 16)
        gone[block] = (gone[block] or 0) + 1
    end
    for block, count in pairs(gone) do
        if tonumber(call('ZINCRBY', EXPIRY, -count, block)) % 32 == 0 then call('ZREM', EXPIRY, block) end
    end
end
