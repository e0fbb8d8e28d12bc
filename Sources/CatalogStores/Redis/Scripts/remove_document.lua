-- ARGV: kind, project, owner, name, now, version that it must have or nothing. Returns 1, or 0 if nothing was removed.
local kind, project, owner, name, now, seen = unpack(ARGV)
local place = place_of(kind, project, owner)
local version = document(place, name, now)
if not version or seen ~= '' and version ~= seen then return 0 end
forget_document(place, name)
return 1
