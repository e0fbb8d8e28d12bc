-- Commands take some thousand arguments from a script, so longer lists go in parts.
local PART = 4000

local function many(command, key, arguments)
    local sum = 0
    for from = 1, #arguments, PART do
        sum = sum + call(command, key, unpack(arguments, from, math.min(from + PART - 1, #arguments)))
    end
    return sum
end
