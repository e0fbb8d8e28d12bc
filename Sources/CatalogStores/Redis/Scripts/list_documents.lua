-- ARGV: kind, project, owner, the name after which to begin, now, how many documents at the most, how many to look at.
-- Returns the name up to which it looked, or null if it need not go on, and name, version, end and content of each.
local kind, project, owner, after, now, limit, looks = unpack(ARGV)
local place = place_of(kind, project, owner)
local names = call('ZRANGEBYLEX', NAMED .. place, '(' .. after, '+', 'LIMIT', 0, looks)
local said = {}
for _, name in ipairs(names) do
    local version, expires, content = document(place, name, now)
    if version then said[#said + 1] = {name, version, expires, content} end
    if #said == tonumber(limit) then return {false, said} end
end
return {#names == tonumber(looks) and names[#names], said}
