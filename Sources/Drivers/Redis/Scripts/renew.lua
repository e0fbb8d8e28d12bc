-- Starts a claim anew. ARGV: header, life, now, end of the claim, claim, its value without sequences, ttl and
-- expiry of a message that it makes live longer. Returns 1, or 0 if the claim is not live.
local now, ends = tonumber(ARGV[3]), tonumber(ARGV[4])
local claim = live_claim(ARGV[5], now)
if not claim then return 0 end
call('ZREM', queue .. 'times', 'c' .. ARGV[5])
call('HSET', queue .. 'claims', ARGV[5], ARGV[6] .. sub(claim, 25))
call('ZADD', queue .. 'times', ends, 'c' .. ARGV[5])
call('ZADD', 'weir:due', 'LT', ends, ARGV[2])
local sequences = sequences_of(claim)
local found, states = heads(sequences), values(queue .. 'states', sequences)
local changed, renewed = {}, {}
for index, sequence in ipairs(sequences) do
    local record, state = found[index], states[index]
    -- An expired message stays expired: renewing does not bring back what was gone already.
    if record and state and expires(record, state) > now then
        local extension = expires(record, state) < ends and ARGV[7] or sub(state, 30)
        changed[#changed + 1] = sequence
        changed[#changed + 1] = sub(state, 1, 21) .. sub(ARGV[6], 17, 24) .. extension
        renewed[#renewed + 1] = sequence
    end
end
many('HSET', queue .. 'states', changed)
mark('c', {ARGV[5]})
mark('m', renewed)
return 1
