-- Deletes and returns the first free messages. ARGV: header, now, limit. Returns sequences, records, states.
local now, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
if settle(now, STEP) >= STEP then return -3 end
if limit <= 0 then return {} end
local sequences = call('ZRANGE', FREE, 0, limit - 1)
if #sequences == 0 then return {} end
local records, states = values(MESSAGES, sequences), values(STATES, sequences)
remove(sequences)
mark('m', sequences)
return {sequences, records, states}
