-- ARGV: now, how many documents at the most. Removes those whose time is over; returns how many.
local ends = call('ZRANGEBYSCORE', ENDS, '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, member in ipairs(ends) do
    local length, start = match(member, '^(%d+):()')
    forget_document(sub(member, start, start + length - 1), sub(member, start + length))
end
return #ends
