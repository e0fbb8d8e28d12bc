-- Messages that one client posts together, of one ttl, without delay and without an id of their own, are stored together: up
-- to 16 of them are a parcel. What scripts need to know of them is apart from their bodies: those stand in BODIES, which no
-- script reads if it can help it, since what goes through Lua is hashed and copied. A parcel is sealed as long as all its
-- messages are free: then SEALED stands for their entries in FREE. It goes with the last of its messages.
--
-- PARCELS has
--
-- first          the parcel: its name in 8 bytes, how many messages it had in 1; created, ttl, length of the client's name,
--                the name, as a record has them; the nonces of the messages in 8 bytes each
-- "g" .. first   which of its messages are gone, as bits
-- "b" .. block   for each of a block's sequences its place in its parcel, from 1, in 1 byte; 0, or none, if it is in none
-- "n"            how many messages are in sealed parcels
--
-- BODIES has under its name a parcel without it, then for each message where its body ends, in 4 bytes, then the bodies.

-- What this script has looked at; false where there is none.
local parcels, places_in_blocks = {}, {}

local function parcel_at(first)
    local parcel = parcels[first]
    if parcel == nil then
        local digits = format('%d', first)
        local found = call('HMGET', queue .. 'parcels', digits, 'g' .. digits)
        local value = found[1]
        parcel = value and {
            first = first, digits = digits, name = sub(value, 1, 8), count = byte(value, 9), value = value,
            gone = tonumber(found[2] or 0),
        }
        parcels[first] = parcel
    end
    return parcel
end

-- The parcel that has a message, and the message's place in it from 0; nothing for a message that is in none.
local function parcel_of(sequence)
    local block = floor(sequence / 16)
    local places = places_in_blocks[block]
    if places == nil then
        places = call('HGET', queue .. 'parcels', 'b' .. format('%d', block))
        places_in_blocks[block] = places
    end
    local place = places and byte(places, sequence - block * 16 + 1) or 0
    if place == 0 then return end
    local parcel = parcel_at(sequence - place + 1)
    if parcel and bit.band(parcel.gone, bit.lshift(1, place - 1)) == 0 then return parcel, place - 1 end
end

-- The head of a message's record.
local function head_in(parcel, place)
    local value = parcel.value
    if not parcel.client then
        parcel.client = sub(value, 26, 27 + struct.unpack('<H', value, 26))
        parcel.times = '\0' .. sub(value, 10, 25) .. '\0\0\0\0\0\0\0\0'
    end
    local nonce = 26 + #parcel.client + 8 * place
    return parcel.times .. sub(value, nonce, nonce + 7) .. parcel.client
end

-- The record of a message, without the body if it is in a parcel; false if there is no such message.
local function head(sequence)
    local parcel, place = parcel_of(sequence)
    return parcel and head_in(parcel, place) or call('HGET', queue .. 'messages', sequence)
end

-- The parcels in which these messages are, and in which of their places, as bits; and the messages that are in none.
local function places_of(sequences)
    local places, rest = {}, {}
    for _, sequence in ipairs(sequences) do
        local parcel, place = parcel_of(sequence)
        if parcel then
            places[parcel] = (places[parcel] or 0) + bit.lshift(1, place)
        else
            rest[#rest + 1] = sequence
        end
    end
    return places, rest
end

-- Enters the messages of a sealed parcel in FREE, all but those in these places, as bits. Returns how many these were, 0
-- if the parcel is not sealed.
local function open(parcel, places)
    if call('ZREM', queue .. 'sealed', parcel.name .. parcel.digits) == 0 then return 0 end
    if call('HINCRBY', queue .. 'parcels', 'n', -parcel.count) == 0 then call('HDEL', queue .. 'parcels', 'n') end
    if places == 2 ^ parcel.count - 1 then return parcel.count end
    local free, left = {}, 0
    for place = 0, parcel.count - 1 do
        if bit.band(places, bit.lshift(1, place)) ~= 0 then
            left = left + 1
        else
            local sequence = format('%d', parcel.first + place)
            free[#free + 1], free[#free + 2] = sequence, sequence
        end
    end
    call('ZADD', queue .. 'free', unpack(free))
    return left
end

-- Marks messages of a parcel, as bits, as gone. With the last of them the parcel goes.
local function take_out(parcel, places)
    parcel.gone = parcel.gone + places
    if parcel.gone < 2 ^ parcel.count - 1 then
        call('HINCRBY', queue .. 'parcels', 'g' .. parcel.digits, places)
    else
        call('HDEL', queue .. 'bodies', parcel.name)
        call('HDEL', queue .. 'parcels', parcel.digits, 'g' .. parcel.digits)
        parcels[parcel.first] = false
    end
end

-- Forgets which parcels a block led to that has no messages any more.
local function forget_block(block)
    call('HDEL', queue .. 'parcels', 'b' .. block)
    places_in_blocks[tonumber(block)] = false
end
