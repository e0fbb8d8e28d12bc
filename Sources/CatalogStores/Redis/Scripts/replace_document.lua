-- ARGV: kind, project, owner, name, now, end or nothing, content, version that the caller saw, version to be. Returns
-- 1, or 0 if nothing was changed.
local kind, project, owner, name, now, expires, content, seen, version = unpack(ARGV)
local place = place_of(kind, project, owner)
if document(place, name, now) ~= seen then return 0 end
put_document(place, name, version, expires, content)
return 1
