-- ARGV: the number of a migration. Returns what its record says, or null.
return told_migration(ARGV[1])
