-- ARGV[1] is the header that the caller believes in. Numbers as answers: -1 there is no header, -2 it is another
-- one, -3 much was due and not all is done: ask again, -4 it is fenced.
local header = call('GET', HEADER)
local is_captured = false
if header ~= ARGV[1] then
    if not header then return -1 end
    if sub(header, 2) ~= sub(ARGV[1], 2) then return -2 end
    if byte(header) == 70 then return -4 end
    if byte(header) ~= 67 then return -2 end
    is_captured = true
end
