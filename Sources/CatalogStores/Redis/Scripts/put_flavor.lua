-- ARGV: project, name, what it is to be, what the caller saw or nothing, 1 to detach other pools, how many pools, their
-- names, and the entry for the audit log. Returns 0 if it is stored, nil if the flavor is not what the caller saw, or
-- the first pool that does not exist.
local project, name, flavor, seen, detaches, pools = unpack(ARGV, 1, 6)
if (call('HGET', FLAVORS .. project, name) or '') ~= seen then return false end
local numbers = {}
for index = 7, 6 + pools do
    local number = call('HGET', POOLS, ARGV[index])
    if not number then return ARGV[index] end
    numbers[#numbers + 1] = number
end
if detaches == '1' then detach(name) end
for _, number in ipairs(numbers) do carry(number, name) end
set_flavor(project, name, flavor)
note(7 + pools)
return 0
