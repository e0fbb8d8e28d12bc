-- Serves what was a shadow. ARGV: header, turn, the highest sequence given out, the migration for which changes are
-- captured from now on or nothing.
if not header then return -1 end
if noted('turn') ~= tonumber(ARGV[2]) then return -2 end
if role ~= 'I' then return is_served and epoch == sub(ARGV[1], 2) and 0 or -2 end
local last = math.max(tonumber(ARGV[3]), tonumber(call('GET', queue .. 'last') or 0))
call('SET', queue .. 'last', format('%d', last))
if ARGV[4] ~= '' then call('HSET', queue .. 'move', 'capture', ARGV[4]) end
call('SET', queue .. 'header', (ARGV[4] == '' and 'S' or 'C') .. sub(ARGV[1], 2))
return 0
