-- ARGV: kind, project, owner. Returns how many documents there are, those among them that were not collected.
return call('ZCARD', NAMED .. place_of(ARGV[1], ARGV[2], ARGV[3]))
