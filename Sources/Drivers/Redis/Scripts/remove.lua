-- Removes messages from everywhere but EXPIRY. No sequence may be there twice. If all are likely to be claimed, `held`
-- says so.
local function drop(sequences, held)
    if call('EXISTS', queue .. 'kept') == 1 then
        for _, sequence in ipairs(sequences) do
            local record = head(sequence)
            if record and byte(record) % 2 == 1 then
                local at = 36 + (struct.unpack('<H', record, 34))
                local id = sub(record, at, at + 15)
                if call('HGET', queue .. 'kept', id) == sequence then call('HDEL', queue .. 'kept', id) end
            end
        end
    end
    local touched, rest = places_of(sequences)
    -- First what takes something away (claim.lua).
    many('HDEL', queue .. 'states', sequences)
    many('HDEL', queue .. 'messages', rest)
    for parcel, places in pairs(touched) do take_out(parcel, places) end
    local found = held and many('ZREM', queue .. 'held', sequences) or 0
    if found < #sequences then
        for parcel, places in pairs(touched) do found = found + open(parcel, places) end
    end
    if found < #sequences then found = found + many('ZREM', queue .. 'free', sequences) end
    if found < #sequences and not held then found = found + many('ZREM', queue .. 'held', sequences) end
    if found == #sequences then return end
    for _, sequence in ipairs(sequences) do
        if call('ZREM', queue .. 'late', sequence) == 1 then call('ZREM', queue .. 'times', 'd' .. sequence) end
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
        if tonumber(call('ZINCRBY', queue .. 'expiry', -count, block)) % 32 == 0 then
            call('ZREM', queue .. 'expiry', block)
            forget_block(block)
        end
    end
end
