-- ARGV[1] is the header that the caller believes in. Numbers as answers: -1 there is no header, -2 it is another
-- one, -3 something is due first (due.lua), -4 it is fenced.
local header = call('GET', queue .. 'header')
local refusal, is_captured
if header ~= ARGV[1] then
    if not header then
        refusal = -1
    elseif sub(header, 2) ~= sub(ARGV[1], 2) then
        refusal = -2
    elseif byte(header) == 70 then
        refusal = -4
    elseif byte(header) == 67 then
        is_captured = true
    else
        refusal = -2
    end
end
