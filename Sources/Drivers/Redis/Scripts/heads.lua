-- The records of messages, without the bodies of those that are in parcels; false where there is no such message.
local function heads(sequences)
    local found, rest, places = {}, {}, {}
    for index, sequence in ipairs(sequences) do
        local parcel, place = parcel_of(sequence)
        if parcel then
            found[index] = head_in(parcel, place)
        else
            rest[#rest + 1], places[#places + 1] = sequence, index
        end
    end
    for index, record in ipairs(values(queue .. 'messages', rest)) do found[places[index]] = record end
    return found
end
