-- Ends a live claim. ARGV: header, now, claim.
local claim = live_claim(ARGV[3], tonumber(ARGV[2]))
if not claim then return 0 end
local sequences = sequences_of(claim)
local states, changed, freed = values(queue .. 'states', sequences), {}, {}
for index, sequence in ipairs(sequences) do
    local state = states[index]
    if state then
        changed[#changed + 1] = sequence
        changed[#changed + 1] = '\0' .. sub(state, 2, 5) .. string.rep('\0', 24) .. sub(state, 30)
        freed[#freed + 1] = sequence
    end
end
call('HDEL', queue .. 'claims', ARGV[3])
free(ARGV[3], sequences, states)
many('HSET', queue .. 'states', changed)
call('ZREM', queue .. 'times', 'c' .. ARGV[3])
mark('c', {ARGV[3]})
mark('m', freed)
return 1
