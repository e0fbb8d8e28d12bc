-- Whether a claim or a delay may have ended by now, or a message have expired: then that comes before everything else
-- (collect.lua), and the caller asks again.
local function is_due(now)
    local time = call('ZSCORE', 'weir:due', sub(queue, 7, -3))
    return time and tonumber(time) <= now
end
