-- ARGV: lives. Returns of each 1 if it is that of a queue, otherwise 0.
local said = {}
for _, life in ipairs(ARGV) do said[#said + 1] = call('SISMEMBER', place_of(life)) end
return said
