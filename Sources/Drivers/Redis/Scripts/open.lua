-- Makes ready to hold a queue. ARGV: what the header is to be, the life in LIVES.
if call('EXISTS', HEADER) == 0 then
    call('SET', HEADER, ARGV[1])
    call('ZADD', LIVES, 0, ARGV[2])
end
