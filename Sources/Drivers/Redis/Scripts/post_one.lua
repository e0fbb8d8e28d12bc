-- The post that there is most of, in few commands and before most functions are defined: of one message without delay. All
-- others are for store.lua, which stores it alike.
if #ARGV == 4 and byte(ARGV[4]) < 2 then
    local earliest, last = tonumber(ARGV[3]), call('INCR', queue .. 'last')
    local sequence, block = format('%d', last), format('%d', floor(last / 16))
    call('HSET', queue .. 'messages', sequence, ARGV[4])
    call('ZADD', queue .. 'free', sequence, sequence)
    local score = tonumber(call('ZINCRBY', queue .. 'expiry', 1, block))
    local time = floor(score / 32)
    if time == 0 or time > earliest then
        call('ZADD', queue .. 'expiry', format('%d', earliest * 32 + score % 32), block)
        call('ZADD', 'weir:due', 'LT', ARGV[3], ARGV[2])
    end
    mark('m', {sequence})
    return last
end
