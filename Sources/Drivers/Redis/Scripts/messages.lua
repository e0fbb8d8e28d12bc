-- Looks up messages. ARGV: header, now, then for each the sequence in its id, its nonce and its id. Returns
-- sequences, records, states.
local found, states_found = find_all(3, tonumber(ARGV[2]))
local sequences, states = {}, {}
for index, sequence in ipairs(found) do
    if sequence then
        sequences[#sequences + 1] = sequence
        states[#states + 1] = states_found[index]
    end
end
return {sequences, records(sequences), states}
