-- The keys of one queue, in this order in every script. All but those of the pool share the hash tag of the life.
--
-- HEADER    string: the role and the epoch, as "S5": S serving, C serving and capturing changes, F fenced (which is
--           capturing too), I importing, M moved to that epoch, R retired
-- LAST      string: the highest sequence given out
-- MESSAGES  hash: sequence -> record; a record never changes
-- FREE      sorted set: sequences that a claim may take, scored by themselves
-- EXPIRY    sorted set: blocks of 16 sequences, see store.lua
-- DUE       sorted set of the pool: lives, scored by a time before which neither EXPIRY nor a claim of theirs is due
-- MOVE      hash: what the roles but S want to know, see role.lua
-- MARKS     sorted set: "m" .. sequence and "c" .. claim of what changed while changes are captured, scored by a number
--           that each mark is given anew
-- LATE      sorted set: sequences of delayed messages, scored by themselves
-- TIMES     sorted set: "d" .. sequence and "c" .. claim, scored by when the delay or claim ends
-- KEPT      hash: kept id -> sequence
-- STATES    hash: sequence -> what claims did to the message; absent for one that was never claimed
-- HELD      sorted set: sequences of claimed messages, scored by themselves
-- CLAIMS    hash: claim -> its terms and sequences
-- RETIRED   sorted set of the pool: lives of which only HEADER and MOVE remember anything, by since when
-- LIVES     sorted set of the pool: all other lives, in 19 digits, so that their order is that of their numbers
--
-- A record: flags (1 kept, 2 delayed), created, ttl, end of the delay, nonce, length of the client's name, the name;
-- if kept the id and the sequence in it; the body. Flags take 1 byte, the length 2, numbers 8, all little-endian.
-- A state: 1 if the claim's id is valid, otherwise 0; the count of claims in 4 bytes; the claim; its end; and if a
-- claim made the message live longer its new ttl and expiry.
-- A claim, or a receipt (PostReceipt): ttl, renewed, end, then its sequences in decimal, separated by spaces. A ttl of 0 stands for a claim that is
-- known from messages only, see import.lua.
local HEADER, LAST, MESSAGES, FREE, EXPIRY, DUE, MOVE, MARKS, LATE, TIMES, KEPT, STATES, HELD, CLAIMS, RETIRED, LIVES =
    unpack(KEYS)
local call, byte, sub, format, floor = redis.call, string.byte, string.sub, string.format, math.floor
