-- ARGV: project, the name after which to begin, how many queues at the most. Returns what their records say.
local project, marker, limit = unpack(ARGV)
-- No name has a zero: those after the whole marker are those after its part before one.
marker = match(marker, '^[^%z]*')
local said, left = {}, tonumber(limit)
local page, first = page_of(project, marker)
while left > 0 do
    local records = call('ZRANGEBYLEX', page, '(' .. marker .. '\1', '+', 'LIMIT', 0, left)
    for _, record in ipairs(records) do said[#said + 1] = told(record) end
    left = left - #records
    first = call('ZRANGEBYLEX', PAGES .. project, '(' .. first, '+', 'LIMIT', 0, 1)[1]
    if not first then break end
    page = PAGE .. project .. '\0' .. first
end
return said
