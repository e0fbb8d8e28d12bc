-- ARGV: life. Returns what the record of its migration says that is not over, or null.
local number = call('HGET', MOVES, ARGV[1])
return number and told_migration(number)
