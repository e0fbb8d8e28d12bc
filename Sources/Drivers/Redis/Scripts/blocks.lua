-- EXPIRY holds each block of 16 sequences that has messages under the score 32 * time + count: how many it has, and a
-- time before which none of them expires. So the index costs a few bytes a message, and a message that lives
-- longer than it was to needs no change of it: a block that comes due is looked at and gets its next time.

-- Counts new messages, none of which expires before `earliest`, in the blocks of their sequences.
local function count_in_blocks(start, last, earliest, life)
    local block, is_due_known = floor(start / 16), false
    if block * 16 < start then
        -- The block most likely has messages, and these expire no earlier: then counting them is all.
        local name, members = format('%d', block), math.min(last, block * 16 + 15) - start + 1
        local score = tonumber(call('ZINCRBY', queue .. 'expiry', members, name))
        local time = floor(score / 32)
        -- What a block is due for, the pool knows already.
        is_due_known = time > 0 and time <= earliest
        if not is_due_known then call('ZADD', queue .. 'expiry', format('%d', earliest * 32 + score % 32), name) end
        block = block + 1
    end
    local blocks = {}
    for block = block, floor(last / 16) do
        blocks[#blocks + 1] = format('%d', earliest * 32 + math.min(last, block * 16 + 15) - block * 16 + 1)
        blocks[#blocks + 1] = format('%d', block)
    end
    many('ZADD', queue .. 'expiry', blocks)
    if not is_due_known then call('ZADD', 'weir:due', 'LT', format('%d', earliest), life) end
end
