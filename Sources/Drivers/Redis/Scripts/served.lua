-- ARGV[1] is the header that the caller believes in; a capture and a fence make no difference. Answers as in check.lua.
if not header then return -1 end
if not is_served or epoch ~= sub(ARGV[1], 2) then return -2 end
