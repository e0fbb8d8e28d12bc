-- The role in which the pool knows a life, before work that depends on it. MOVE has these fields:
--
-- capture   the migration for which changes are captured: while the header is C or F, and only then
-- mark      the highest number given to a mark, of all captures
-- fence     the turn that fenced
-- unfenced  the highest turn that was told to lift its fence: later ones only may fence
-- turn      the turn that imports, has finalised, or has marked as moved
-- moved     when it moved
-- cleared   1 if nothing but the role is left of what moved
local header = call('GET', queue .. 'header')
local role, epoch = header and sub(header, 1, 1), header and sub(header, 2)
local is_captured = role == 'C' or role == 'F'
local is_served = role == 'S' or is_captured

local function noted(field)
    return tonumber(call('HGET', queue .. 'move', field) or nil)
end

-- See MoveTurn.
local function migration_of(turn)
    return floor(turn / 1048576)
end

-- Everything goes at once: the server frees it in the background.
local function unlink_data()
    local keys = {}
    local names = 'last messages free expiry marks parcels bodies sealed late times kept states held claims'
    for name in string.gmatch(names, '%a+') do keys[#keys + 1] = queue .. name end
    call('UNLINK', unpack(keys))
end
