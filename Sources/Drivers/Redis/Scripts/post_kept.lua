-- Stores messages of which some keep an id, unless the queue holds it already. ARGV: header, life, the earliest
-- time at which one of them expires, now, records. Returns the sequence of each, 0 for one that is not stored.
local now = tonumber(ARGV[4])
local seen, fresh, answers = {}, {}, {}
for index = 5, #ARGV do
    local record = ARGV[index]
    local is_fresh = true
    if byte(record) % 2 == 1 then
        local at = 36 + (struct.unpack('<H', record, 34))
        local id = sub(record, at, at + 15)
        local native = format('%d', (struct.unpack('<i8', record, at + 16)))
        is_fresh = not seen[id] and not find(native, sub(id, 9), id, now)
        seen[id] = true
    end
    if is_fresh then fresh[#fresh + 1] = record end
    answers[#answers + 1] = is_fresh and 1 or 0
end
if #fresh == 0 then return answers end
local sequence = store(fresh, 1, tonumber(ARGV[3]), ARGV[2])
for index, answer in ipairs(answers) do
    if answer == 1 then
        local record = ARGV[4 + index]
        if byte(record) % 2 == 1 then
            local at = 36 + (struct.unpack('<H', record, 34))
            call('HSET', queue .. 'kept', sub(record, at, at + 15), format('%d', sequence))
        end
        answers[index] = sequence
        sequence = sequence + 1
    end
end
return answers
