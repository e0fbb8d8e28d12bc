-- Makes a shadow agree with a part of its queue: what is new replaces what is there. ARGV: turn, life, the lowest and
-- the highest sequence of the messages, a time before which nothing of it is due; then groups, each after its length.
--
-- A message may come before its claim, and its claim may have ended at the source before it could come: so a held
-- message without a claim makes one known that ends when the message says. The claim itself replaces it.
if role ~= 'I' or noted('turn') ~= tonumber(ARGV[1]) then return -2 end

local place = 6
local function group()
    local items, count = {}, tonumber(ARGV[place])
    for index = 1, count do items[index] = ARGV[place + index] end
    place = place + count + 1
    return items
end
local gone_claims, gone, claims = group(), group(), group()
local messages, states, kept = group(), group(), group()
local free_ones, held, late, times = group(), group(), group(), group()
local holds, blocks = group(), group()

-- First of all what a full pool refuses.
if #messages > 0 then
    local last = math.max(tonumber(call('GET', queue .. 'last') or 0), tonumber(ARGV[4]))
    call('SET', queue .. 'last', format('%d', last))
end

local function forget_claim(id)
    local claim = call('HGET', queue .. 'claims', id)
    if not claim then return end
    local sequences = sequences_of(claim)
    free(id, sequences, values(queue .. 'states', sequences))
    call('HDEL', queue .. 'claims', id)
    call('ZREM', queue .. 'times', 'c' .. id)
end

-- Adds those that are there to `found`.
local function find_among(items, step, found, seen)
    for index = 1, #items, step do
        local sequence = items[index]
        if not seen[sequence] and head(sequence) then
            seen[sequence] = true
            found[#found + 1] = sequence
        end
    end
end

local function are_new()
    for _, key in ipairs({queue .. 'free', queue .. 'held', queue .. 'late'}) do
        if call('ZCOUNT', key, ARGV[3], ARGV[4]) > 0 then return false end
    end
    return call('ZCOUNT', queue .. 'sealed', ARGV[3], '+inf') == 0
end

local function hold(id, value)
    local claim, ends = call('HGET', queue .. 'claims', id), struct.unpack('<i8', value, 17)
    if claim and struct.unpack('<i8', claim) ~= 0 then
        if struct.unpack('<i8', claim, 17) >= ends then return end
        -- It was renewed, which it is still to be told.
        value = sub(claim, 1, 16) .. sub(value, 17, 24) .. sub(claim, 25)
    elseif claim then
        value = value .. ' ' .. sub(claim, 25)
    end
    call('HSET', queue .. 'claims', id, value)
    call('ZADD', queue .. 'times', ends, 'c' .. id)
end

local function count_blocks()
    local scores = {}
    for index = 1, #blocks, 3 do
        local block, count, time = blocks[index], tonumber(blocks[index + 1]), tonumber(blocks[index + 2])
        local score = tonumber(call('ZSCORE', queue .. 'expiry', block) or nil)
        if score then count, time = count + score % 32, math.min(time, floor(score / 32)) end
        scores[#scores + 1], scores[#scores + 2] = format('%d', time * 32 + count), block
    end
    many('ZADD', queue .. 'expiry', scores)
end

for _, id in ipairs(gone_claims) do forget_claim(id) end
many('HSET', queue .. 'claims', claims)
local replaced, seen = {}, {}
find_among(gone, 1, replaced, seen)
if #messages > 0 and not are_new() then find_among(messages, 2, replaced, seen) end
remove(replaced)

many('HSET', queue .. 'messages', messages)
many('HSET', queue .. 'states', states)
many('HSET', queue .. 'kept', kept)
many('ZADD', queue .. 'free', free_ones)
many('ZADD', queue .. 'held', held)
many('ZADD', queue .. 'late', late)
many('ZADD', queue .. 'times', times)
for index = 1, #holds, 2 do hold(holds[index], holds[index + 1]) end
count_blocks()
if ARGV[5] ~= '' then call('ZADD', 'weir:due', 'LT', ARGV[5], ARGV[2]) end
return 0
