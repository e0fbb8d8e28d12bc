-- Takes the first free messages. ARGV: header, life, now, limit, end of the claim, claim, its value without
-- sequences, ttl and expiry of a message that it makes live longer; and if messages can be dead: how many claims
-- make one, end of the hold, hold, its value. Returns what list.lua returns, without what
-- comes first there.
--
-- A script whose first change takes something away goes on when the server's memory is full: so a full pool can be
-- emptied. This holds for every script but those that post.
local now, limit, ends = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
if is_due(now) then return -3 end
if limit <= 0 then return {} end

-- Takes them out of FREE and SEALED.
local free, sealed = call('ZRANGE', queue .. 'free', 0, limit - 1), sealed_after('-1', limit)
local sequences = merged(free, sequences_in(sealed, '-1', limit), limit)
if #sequences == 0 then return {} end
local left, last, found, states = #sequences, tonumber(sequences[#sequences]), {}, {}
for index = 1, #sealed, 2 do
    local name, digits = sub(sealed[index], 1, 8), sub(sealed[index], 9)
    local first, count = tonumber(digits), sealed[index + 1] - digits + 1
    if first > last then break end
    local places = math.min(count, last - first + 1)
    open({first = first, digits = digits, name = name, count = count}, 2 ^ places - 1)
    left = left - places
    found[#found + 1], found[#found + 2] = sealed[index], sealed[index + 1]
end
if left > 0 then
    call('ZREMRANGEBYRANK', queue .. 'free', 0, left - 1)
    states, found = values(queue .. 'states', sequences), parcels_of(sequences)
end

-- Which messages may expire before the claim ends: those in blocks of which something does. Only their records are read.
local times, close = {}, {}
for _, sequence in ipairs(sequences) do
    local block = floor(sequence / 16)
    times[block] = times[block] or floor((tonumber(call('ZSCORE', queue .. 'expiry', block) or nil) or 0) / 32)
    if times[block] < ends then close[#close + 1] = sequence end
end
local short = {}
for index, record in ipairs(heads(close)) do short[close[index]] = record end

local dead_count, hold = tonumber(ARGV[9]), ARGV[11]
local until_bytes = sub(ARGV[7], 17, 24)
local hold_bytes = dead_count and sub(ARGV[12], 17, 24)
local first_time = struct.pack('<BI4', 1, 1) .. ARGV[6] .. until_bytes
local held, delivered, dead = {}, {}, {}
for index, sequence in ipairs(sequences) do
    local before, record, state = states[index], short[sequence], first_time
    local count = before and struct.unpack('<I4', before, 2) or 0
    local extension = before and sub(before, 30) or ''
    if dead_count and count >= dead_count then
        dead[#dead + 1] = sequence
        state = struct.pack('<BI4', 1, count) .. hold .. hold_bytes .. extension
    else
        delivered[#delivered + 1] = sequence
        if record and expires(record, before) < ends then extension = ARGV[8] end
        if count > 0 then state = struct.pack('<BI4', 1, count + 1) .. ARGV[6] .. until_bytes end
        if extension ~= '' then state = state .. extension end
    end
    states[index] = state
    held[2 * index - 1], held[2 * index] = sequence, state
end
many('HSET', queue .. 'states', held)
for index, sequence in ipairs(sequences) do held[2 * index] = sequence end
many('ZADD', queue .. 'held', held)

local function remember(id, value, time, taken)
    if #taken == 0 then return end
    local before = call('HGET', queue .. 'claims', id)
    local earlier = before and sub(before, 25) .. ' ' or ''
    call('HSET', queue .. 'claims', id, value .. earlier .. table.concat(taken, ' '))
    call('ZADD', queue .. 'times', time, 'c' .. id)
    call('ZADD', 'weir:due', 'LT', time, ARGV[2])
    mark('c', {id})
    mark('m', taken)
end
remember(ARGV[6], ARGV[7], ends, delivered)
if dead_count then remember(hold, ARGV[12], tonumber(ARGV[10]), dead) end
return {sequences, states, found, {}}
