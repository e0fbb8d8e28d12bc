-- Lifts a fence. ARGV: header, the last turn whose fence goes.
local turn = tonumber(ARGV[2])
if role == 'F' and noted('fence') <= turn then
    call('HDEL', queue .. 'move', 'fence')
    call('SET', queue .. 'header', 'C' .. epoch)
end
if turn > (noted('unfenced') or 0) then
    -- First what takes something away (claim.lua).
    call('HDEL', queue .. 'move', 'unfenced')
    call('HSET', queue .. 'move', 'unfenced', ARGV[2])
end
return 0
