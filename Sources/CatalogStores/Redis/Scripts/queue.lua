-- ARGV: project, name. Returns what the record says, or null.
local record = find(ARGV[1], ARGV[2])
return record and told(record)
