-- ARGV: the name of bodies that no parcel leads to, "1" to remove them. Returns 1, or 0 if they have gone since.
return call(ARGV[2] == '1' and 'HDEL' or 'HEXISTS', queue .. 'bodies', ARGV[1])
