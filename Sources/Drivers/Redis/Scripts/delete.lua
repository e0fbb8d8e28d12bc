-- Deletes one message. ARGV: header, now, the sequence in its id, the nonce, the id, the claim or nothing. Returns the
-- outcome, numbered as DeleteOutcome has them.
local now, claim = tonumber(ARGV[2]), ARGV[6]
local sequence, _, state = find(ARGV[3], ARGV[4], ARGV[5], now)
if not sequence then return 1 end
if claim == '' then
    if is_claimed(state, now) then return 2 end
else
    if not live_claim(claim, now) then return 4 end
    if not is_claimed(state, now) then return 5 end
    if sub(state, 6, 21) ~= claim then return 3 end
end
remove({sequence})
mark('m', {sequence})
return 0
