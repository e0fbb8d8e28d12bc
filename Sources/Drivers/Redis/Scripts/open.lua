-- Makes ready to hold a queue. ARGV: what the header is to be, the life in LIVES.
if call('EXISTS', queue .. 'header') == 0 then
    call('SET', queue .. 'header', ARGV[1])
    call('ZADD', 'weir:lives', 0, ARGV[2])
end
