-- ARGV[1] is the header that the caller believes in. Numbers as answers: -1 there is no header, -2 it is another
-- one, -3 much was due and not all is done: ask again.
local header = call('GET', HEADER)
if header ~= ARGV[1] then return header and -2 or -1 end
