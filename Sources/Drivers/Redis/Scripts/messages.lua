-- Looks up messages. ARGV: header, now, then for each the sequence in its id, its nonce and its id. Returns
-- sequences, records, states.
local found, records_found, states_found = find_all(3, tonumber(ARGV[2]))
local sequences, records, states = {}, {}, {}
for index, sequence in ipairs(found) do
    if sequence then
        sequences[#sequences + 1] = sequence
        records[#records + 1] = records_found[index]
        states[#states + 1] = states_found[index]
    end
end
return {sequences, records, states}
