-- Looks up messages. ARGV: header, now, then for each the sequence in its id, its nonce and its id. Returns
-- sequences, records, states.
local now = tonumber(ARGV[2])
local sequences, records, states = {}, {}, {}
for index = 3, #ARGV, 3 do
    local sequence, record, state = find(ARGV[index], ARGV[index + 1], ARGV[index + 2], now)
    if sequence then
        sequences[#sequences + 1] = sequence
        records[#records + 1] = record
        states[#states + 1] = state
    end
end
return {sequences, records, states}
