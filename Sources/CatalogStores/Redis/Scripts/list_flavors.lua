-- ARGV: project, the name after which to begin, how many at the most. Returns names, and what the flavors are.
local names = call('ZRANGEBYLEX', NAMES .. ARGV[1], '(' .. ARGV[2], '+', 'LIMIT', 0, ARGV[3])
if #names == 0 then return {names, names} end
local flavors = {}
for _, name in ipairs(names) do flavors[#flavors + 1] = call('HGET', FLAVORS .. ARGV[1], name) end
return {names, flavors}
