-- ARGV: after which change to begin, or nothing to learn the last one only; how many at the most. Returns the number
-- of the last change, 1 if some between are forgotten, and the changes.
local last = tonumber(call('HGET', COUNTERS, 'change') or 0)
local after = tonumber(ARGV[1])
if not after then return {last, 0, {}} end
-- A number that was never given is of a log whose end the server has lost.
if after > last or after < last - call('XLEN', CHANGES) then return {last, 1, {}} end
return {last, 0, call('XRANGE', CHANGES, '(' .. ARGV[1] .. '-0', '+', 'COUNT', ARGV[2])}
