-- ARGV: header, now. Returns the highest sequence given out, how many messages there are, how many of them are
-- claimed, and the sequence and record, without its body, of the first and the last.
local now = tonumber(ARGV[2])
if settle(now, STEP) >= STEP then return -3 end
local first, last
for _, key in ipairs({FREE, HELD, LATE}) do
    local low, high = call('ZRANGE', key, 0, 0)[1], call('ZRANGE', key, -1, -1)[1]
    if low and (not first or tonumber(low) < tonumber(first)) then first = low end
    if high and (not last or tonumber(high) > tonumber(last)) then last = high end
end
local answer = {tonumber(call('GET', LAST) or 0), call('HLEN', MESSAGES), call('ZCARD', HELD)}
if not first then return answer end
for _, sequence in ipairs({first, last}) do
    local record = call('HGET', MESSAGES, sequence)
    answer[#answer + 1] = sequence
    answer[#answer + 1] = sub(record, 1, 59 + struct.unpack('<H', record, 34))
end
return answer
