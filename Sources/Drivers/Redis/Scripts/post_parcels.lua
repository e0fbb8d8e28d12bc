-- Stores parcels of new messages. They are in BODIES already: the same transaction has put them there. ARGV: header,
-- life, the earliest time at which one of them expires, the parcels. Returns the first sequence.
if refusal then
    for index = 4, #ARGV do call('HDEL', queue .. 'bodies', sub(ARGV[index], 1, 8)) end
    return refusal
end

local STEPS = '\1\2\3\4\5\6\7\8\9\10\11\12\13\14\15\16'
local total, places = 0, {}
for index = 4, #ARGV do
    local count = byte(ARGV[index], 9)
    total = total + count
    places[#places + 1] = sub(STEPS, 1, count)
end
places = table.concat(places)
local last = call('INCRBY', queue .. 'last', total)
local start = last - total + 1

local stored, sealed, first = {}, {}, start
for index = 4, #ARGV do
    local digits, count = format('%d', first), byte(ARGV[index], 9)
    stored[#stored + 1], stored[#stored + 2] = digits, ARGV[index]
    sealed[#sealed + 1], sealed[#sealed + 2] = format('%d', first + count - 1), sub(ARGV[index], 1, 8) .. digits
    first = first + count
end
for block = floor(start / 16), floor(last / 16) do
    local name, from = 'b' .. format('%d', block), math.max(start, block * 16)
    local before = from > block * 16 and call('HGET', queue .. 'parcels', name) or ''
    stored[#stored + 1] = name
    stored[#stored + 1] = before .. string.rep('\0', from - block * 16 - #before)
        .. sub(places, from - start + 1, math.min(last, block * 16 + 15) - start + 1)
end
many('HSET', queue .. 'parcels', stored)
call('HINCRBY', queue .. 'parcels', 'n', total)
many('ZADD', queue .. 'sealed', sealed)
count_in_blocks(start, last, tonumber(ARGV[3]), ARGV[2])
if is_captured then
    local sequences = {}
    for sequence = start, last do sequences[#sequences + 1] = format('%d', sequence) end
    mark('m', sequences)
end
return start
