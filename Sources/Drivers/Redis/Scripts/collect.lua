-- Clears up in one queue. ARGV: life, now, budget. Returns how much of the budget it used.
local used = settle(tonumber(ARGV[2]), tonumber(ARGV[3]))
local block = call('ZRANGE', queue .. 'expiry', 0, 0, 'WITHSCORES')[2]
local hold = call('ZRANGE', queue .. 'times', 0, 0, 'WITHSCORES')[2]
local block_time, hold_time = block and floor(tonumber(block) / 32), hold and tonumber(hold)
local time = block_time and hold_time and math.min(block_time, hold_time) or block_time or hold_time
call('ZREM', 'weir:due', ARGV[1])
if time then call('ZADD', 'weir:due', format('%d', time), ARGV[1]) end
return used
