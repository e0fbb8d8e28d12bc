-- The oldest marks, and what the marked messages and claims are now. ARGV: header, migration, limit, how many bytes of
-- records to exceed at the most by one. Returns the last mark, how many are left, sequences, records, states, claims,
-- their values.
if noted('capture') ~= tonumber(ARGV[2]) then return -2 end
local marks = call('ZRANGE', queue .. 'marks', 0, tonumber(ARGV[3]) - 1, 'WITHSCORES')
local bytes, covered = tonumber(ARGV[4]), 0
local last = #marks == 0 and call('HGET', queue .. 'move', 'mark') or '0'
local sequences, found, claims = {}, {}, {}
for index = 1, #marks, 2 do
    local name = sub(marks[index], 2)
    local record
    if byte(marks[index]) == 99 then
        claims[#claims + 1] = name
    else
        record = records({name})[1]
        bytes = bytes - (record and #record or 0)
        if bytes < 0 and covered > 0 then break end
        sequences[#sequences + 1] = name
        found[#found + 1] = record
    end
    last, covered = marks[index + 1], covered + 1
end
return {
    last, call('ZCARD', queue .. 'marks') - covered, sequences, found, values(queue .. 'states', sequences), claims,
    values(queue .. 'claims', claims),
}
