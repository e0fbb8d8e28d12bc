-- Looks whether the count of messages in sealed parcels is right. ARGV: "1" to mend it. Returns how many counts are wrong.
-- Where there are too many parcels to count in one step it is believed.
local MOST = 20000
if call('ZCARD', queue .. 'sealed') > MOST then return 0 end
local sealed, count = call('ZRANGE', queue .. 'sealed', 0, -1, 'WITHSCORES'), 0
for index = 1, #sealed, 2 do count = count + sealed[index + 1] - sub(sealed[index], 9) + 1 end
if count == tonumber(call('HGET', queue .. 'parcels', 'n') or 0) then return 0 end
if ARGV[1] == '1' then
    call('HDEL', queue .. 'parcels', 'n')
    if count > 0 then call('HSET', queue .. 'parcels', 'n', count) end
end
return 1
