-- ARGV: kind, project, owner, name, now. Returns version, end and content, or null.
local version, expires, content = document(place_of(ARGV[1], ARGV[2], ARGV[3]), ARGV[4], ARGV[5])
return version and {version, expires, content}
