-- ARGV: the life that its pool has retired.
forget_retirement(ARGV[1])
return 0
