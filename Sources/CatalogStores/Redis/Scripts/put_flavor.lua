-- ARGV: project, name, what it is to be, 1 to detach other pools, how many pools, their names, and the entry for the
-- audit log. Returns 0 if it is stored, or the first pool that does not exist.
local project, name, flavor, detaches, pools = unpack(ARGV, 1, 5)
local numbers = {}
for index = 6, 5 + pools do
    local number = call('HGET', POOLS, ARGV[index])
    if not number then return ARGV[index] end
    numbers[#numbers + 1] = number
end
if detaches == '1' then detach(name) end
for _, number in ipairs(numbers) do carry(number, name) end
set_flavor(project, name, flavor)
note(6 + pools)
return 0
