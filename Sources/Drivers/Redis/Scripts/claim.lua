-- Takes the first free messages. ARGV: header, life, now, limit, end of the claim, claim, its value without
-- sequences, ttl and expiry of a message that it makes live longer; and if messages can be dead: how many claims
-- make one, end of the hold, hold, its value. Returns sequences and states; the records are read behind it.
--
-- A script whose first change takes something away goes on when the server's memory is full: so a full pool can be
-- emptied. This holds for every script but those that post.
local now, limit, ends = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
if settle(now, STEP) >= STEP then return -3 end
if limit <= 0 then return {} end

local sequences = call('ZRANGE', FREE, 0, limit - 1)
if #sequences == 0 then return {} end
local states = values(STATES, sequences)

-- Which messages may expire before the claim ends: those in blocks of which something does. Only their records are read.
local times, close = {}, {}
for _, sequence in ipairs(sequences) do
    local block = format('%d', floor(sequence / 16))
    times[block] = times[block] or floor((tonumber(call('ZSCORE', EXPIRY, block) or nil) or 0) / 32)
    if times[block] < ends then close[#close + 1] = sequence end
end
local records = {}
for index, record in ipairs(values(MESSAGES, close)) do records[close[index]] = record end

local dead_count, hold = tonumber(ARGV[9]), ARGV[11]
local until_bytes = sub(ARGV[7], 17, 24)
local hold_bytes = dead_count and sub(ARGV[12], 17, 24)
local held, delivered, dead = {}, {}, {}
for index, sequence in ipairs(sequences) do
    local state = states[index]
    local count = state and struct.unpack('<I4', state, 2) or 0
    local extension = state and sub(state, 30) or ''
    if dead_count and count >= dead_count then
        dead[#dead + 1] = sequence
        state = struct.pack('<BI4', 1, count) .. hold .. hold_bytes .. extension
    else
        delivered[#delivered + 1] = sequence
        local record = records[sequence]
        if record and expires(record, state) < ends then extension = ARGV[8] end
        state = struct.pack('<BI4', 1, count + 1) .. ARGV[6] .. until_bytes .. extension
    end
    states[index] = state
    held[2 * index - 1], held[2 * index] = sequence, state
end
call('ZREMRANGEBYRANK', FREE, 0, #sequences - 1)
many('HSET', STATES, held)
for index, sequence in ipairs(sequences) do held[2 * index] = sequence end
many('ZADD', HELD, held)

local function remember(id, value, time, taken)
    if #taken == 0 then return end
    local before = call('HGET', CLAIMS, id)
    local earlier = before and sub(before, 25) .. ' ' or ''
    call('HSET', CLAIMS, id, value .. earlier .. table.concat(taken, ' '))
    call('ZADD', TIMES, time, 'c' .. id)
    call('ZADD', DUE, 'LT', time, ARGV[2])
    mark('c', {id})
    mark('m', taken)
end
remember(ARGV[6], ARGV[7], ends, delivered)
if dead_count then remember(hold, ARGV[12], tonumber(ARGV[10]), dead) end
return {sequences, states}
