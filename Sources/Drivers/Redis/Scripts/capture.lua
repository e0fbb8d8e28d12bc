-- Marks what has changed, if changes are captured. A script marks a claim before its messages: what a copy knows of a
-- message is never older than what it knows of the claim that holds it (import.lua). And it marks after its first
-- change, which in most of them takes something away (claim.lua).
local function mark(kind, names)
    if not is_captured or #names == 0 then return end
    local before = call('HINCRBY', queue .. 'move', 'mark', #names) - #names
    local marks = {}
    for index, name in ipairs(names) do
        marks[2 * index - 1], marks[2 * index] = before + index, kind .. name
    end
    many('ZADD', queue .. 'marks', marks)
end
