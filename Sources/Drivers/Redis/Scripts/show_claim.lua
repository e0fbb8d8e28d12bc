-- ARGV: header, now, claim. Returns its value up to the sequences, and the sequences, records and states.
local claim = live_claim(ARGV[3], tonumber(ARGV[2]))
if not claim then return {} end
local sequences = sequences_of(claim)
return {sub(claim, 1, 24), sequences, records(sequences), values(queue .. 'states', sequences)}
