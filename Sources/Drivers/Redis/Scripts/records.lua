local function body_in(parcel, place)
    if parcel.all == nil then parcel.all = call('HGET', queue .. 'bodies', parcel.name) end
    if not parcel.all then return false end
    local ends = #parcel.value - 7
    local base, at = ends + 4 * parcel.count, ends + 4 * place
    local from = place == 0 and 0 or struct.unpack('<I4', parcel.all, at - 4)
    return sub(parcel.all, base + from, base + struct.unpack('<I4', parcel.all, at) - 1)
end

-- Records with their bodies.
local function records(sequences)
    local found = heads(sequences)
    for index, sequence in ipairs(sequences) do
        local parcel, place = parcel_of(sequence)
        if parcel then
            local body = body_in(parcel, place)
            found[index] = body and found[index] .. body
        end
    end
    return found
end
