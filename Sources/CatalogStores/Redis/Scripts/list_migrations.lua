-- ARGV: the number after which to begin, how many migrations at the most, how many to look at, '1' for those that are
-- over, '0' for the others, or nothing for both; then state, project, name of the queue and pool that are asked for,
-- each with '=' before it, or nothing. Returns the number up to which it looked, or 0 if it need not go on, and what
-- the records say.
local after, limit, looks, over, state, project, name, pool = unpack(ARGV)

local function meets(value, wanted)
    return wanted == '' or wanted == '=' .. value
end

local set = over == '' and MIGRATIONS or over == '1' and OVER or MOVING
local numbers = call('ZRANGEBYSCORE', set, '(' .. after, '+inf', 'LIMIT', 0, looks)
local said = {}
for _, number in ipairs(numbers) do
    local told = told_migration(number)
    local is_in_pool = meets(told[4], pool) or meets(told[5], pool)
    if is_in_pool and meets(told[6], state) and meets(told[1], project) and meets(told[2], name) then
        said[#said + 1] = told
        if #said == tonumber(limit) then return {0, said} end
    end
end
return {#numbers == tonumber(looks) and tonumber(numbers[#numbers]) or 0, said}
