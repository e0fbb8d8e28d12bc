-- ARGV: header, now. Returns the highest sequence given out, how many messages there are, how many of them are
-- claimed, and the sequence and record, without its body, of the first and the last.
local now = tonumber(ARGV[2])
if is_due(now) then return -3 end
local first, last
for _, key in ipairs({queue .. 'free', queue .. 'held', queue .. 'late'}) do
    local low, high = call('ZRANGE', key, 0, 0)[1], call('ZRANGE', key, -1, -1)[1]
    if low and (not first or tonumber(low) < tonumber(first)) then first = low end
    if high and (not last or tonumber(high) > tonumber(last)) then last = high end
end
local sealed = {call('ZRANGE', queue .. 'sealed', 0, 0)[1], call('ZRANGE', queue .. 'sealed', -1, -1, 'WITHSCORES')[2]}
if sealed[1] then
    sealed[1] = sub(sealed[1], 9)
    if not first or tonumber(sealed[1]) < tonumber(first) then first = sealed[1] end
    if not last or tonumber(sealed[2]) > tonumber(last) then last = sealed[2] end
end
local count = tonumber(call('HGET', queue .. 'parcels', 'n') or 0)
for _, key in ipairs({queue .. 'free', queue .. 'held', queue .. 'late'}) do count = count + call('ZCARD', key) end
local answer = {tonumber(call('GET', queue .. 'last') or 0), count, call('ZCARD', queue .. 'held')}
if not first then return answer end
for _, sequence in ipairs({first, last}) do
    local record = head(sequence)
    answer[#answer + 1] = sequence
    answer[#answer + 1] = sub(record, 1, 59 + struct.unpack('<H', record, 34))
end
return answer
