-- ARGV: kind, project, owner, name, now, end or nothing, content. Returns 1, or 0 if there is one already.
local kind, project, owner, name, now, expires, content = unpack(ARGV)
local place = place_of(kind, project, owner)
if document(place, name, now) then return 0 end
put_document(place, name, '1', expires, content)
return 1
