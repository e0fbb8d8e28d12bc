-- The deletion that there is most of, in few commands and before most functions are defined: of a message in a parcel, by who
-- holds its claim. All others are for delete.lua.
local function delete_held()
    local sequence, now, claim = ARGV[3], tonumber(ARGV[2]), ARGV[6]
    local number = tonumber(sequence)
    local block = format('%d', floor(number / 16))
    local places = call('HGET', queue .. 'parcels', 'b' .. block)
    local place = places and byte(places, number % 16 + 1) or 0
    if place == 0 then return end

    local first = format('%d', number - place + 1)
    local found = call('HMGET', queue .. 'parcels', first, 'g' .. first)
    local state = call('HGET', queue .. 'states', sequence)
    local parcel, gone, itself = found[1], tonumber(found[2] or 0), bit.lshift(1, place - 1)
    if not parcel or bit.band(gone, itself) ~= 0 or not state then return end
    if byte(state) ~= 1 or sub(state, 6, 21) ~= claim or struct.unpack('<i8', state, 22) <= now then return end
    local created, ttl, length = struct.unpack('<i8i8H', parcel, 10)
    local nonce = 20 + length + 8 * place
    if sub(parcel, nonce, nonce + 7) ~= ARGV[4] then return end
    -- One that a claim made live longer is for delete.lua, once it would have expired.
    if created + ttl * 1000 <= now or call('ZREM', queue .. 'held', sequence) == 0 then return end

    call('HDEL', queue .. 'states', sequence)
    if gone + itself < 2 ^ byte(parcel, 9) - 1 then
        call('HINCRBY', queue .. 'parcels', 'g' .. first, itself)
    else
        call('HDEL', queue .. 'bodies', sub(parcel, 1, 8))
        call('HDEL', queue .. 'parcels', first, 'g' .. first)
    end
    if tonumber(call('ZINCRBY', queue .. 'expiry', -1, block)) % 32 == 0 then
        call('ZREM', queue .. 'expiry', block)
        call('HDEL', queue .. 'parcels', 'b' .. block)
    end
    mark('m', {sequence})
    return true
end

if ARGV[6] ~= '' and delete_held() then return 0 end
