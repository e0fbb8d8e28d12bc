-- Deletes and returns the first free messages. ARGV: header, now, limit. Returns sequences, records, states.
local now, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
if is_due(now) then return -3 end
if limit <= 0 then return {} end
local sequences = sequences_after('-1', {queue .. 'free', queue .. 'sealed'}, limit)
if #sequences == 0 then return {} end
local found, states = records(sequences), values(queue .. 'states', sequences)
remove(sequences)
mark('m', sequences)
return {sequences, found, states}
