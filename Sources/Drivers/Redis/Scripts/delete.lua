-- Deletes one message. ARGV: header, now, the sequence in its id, the nonce, the id, the claim or nothing. Returns the
-- outcome, numbered as DeleteOutcome has them.
local now, claim = tonumber(ARGV[2]), ARGV[6]
local sequence, _, state = find(ARGV[3], ARGV[4], ARGV[5], now)
if not sequence then return 1 end
local held = is_claimed(state, now)
if claim == '' then
    if held then return 2 end
elseif not held or sub(state, 6, 21) ~= claim then
    -- A claim that a message bears is live as long as the message is claimed: both end at the same time.
    if not live_claim(claim, now) then return 4 end
    return held and 3 or 5
end
remove({sequence}, held)
mark('m', {sequence})
return 0
