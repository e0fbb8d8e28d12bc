-- Deletes messages. ARGV: header, now, "1" if claims are demanded, how many claims follow, these, then for each
-- message the sequence in its id, the nonce and the id. Returns the place of a message that none of the claims
-- holds, from 1, and deletes nothing; otherwise 0.
local now, demanded, count = tonumber(ARGV[2]), ARGV[3] == '1', tonumber(ARGV[4])
local claims = {}
for index = 5, 4 + count do
    if live_claim(ARGV[index], now) then claims[ARGV[index]] = true end
end
local sequences, states = find_all(5 + count, now)
local found, seen = {}, {}
for index, sequence in ipairs(sequences) do
    if sequence then
        local state = states[index]
        if demanded and not (is_claimed(state, now) and claims[sub(state, 6, 21)]) then return index end
        if not seen[sequence] then found[#found + 1] = sequence end
        seen[sequence] = true
    end
end
remove(found, demanded)
mark('m', found)
return 0
