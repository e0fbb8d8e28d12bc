-- Stores new messages. ARGV: header, life, the earliest time at which one of them expires, records.
return store(ARGV, 4, tonumber(ARGV[3]), ARGV[2])
