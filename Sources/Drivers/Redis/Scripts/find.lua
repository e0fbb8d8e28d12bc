-- Times may be beyond what Lua counts exactly; then they are beyond every clock, and comparing them is exact enough.
local function expires(record, state)
    if state and #state == 45 then return (struct.unpack('<i8', state, 38)) end
    local created, ttl = struct.unpack('<i8i8', record, 2)
    return created + ttl * 1000
end

local function is_claimed(state, now)
    return state and byte(state) == 1 and struct.unpack('<i8', state, 22) > now
end

-- The claim's value if it is live.
local function live_claim(id, now)
    local claim = call('HGET', queue .. 'claims', id)
    return claim and struct.unpack('<i8', claim, 17) > now and claim
end

local function sequences_of(claim)
    local sequences = {}
    for sequence in string.gmatch(sub(claim, 25), '%d+') do sequences[#sequences + 1] = sequence end
    return sequences
end

-- Whether a record is of the message with this nonce in its id, and visible.
local function is_found(record, state, nonce, now)
    return record and byte(record) % 2 == 0 and sub(record, 26, 33) == nonce and expires(record, state) > now
end

-- Likewise of a message that kept its id.
local function find_kept(id, now)
    local sequence = call('HGET', queue .. 'kept', id)
    if not sequence then return end
    local record, state = head(sequence), call('HGET', queue .. 'states', sequence)
    if record and expires(record, state) > now then return sequence, record, state end
end

-- The visible message with this id: its sequence, head and state.
local function find(native, nonce, id, now)
    local record, state = head(native), call('HGET', queue .. 'states', native)
    if is_found(record, state, nonce, now) then return native, record, state end
    return find_kept(id, now)
end
