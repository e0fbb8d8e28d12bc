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
    local claim = call('HGET', CLAIMS, id)
    return claim and struct.unpack('<i8', claim, 17) > now and claim
end

local function sequences_of(claim)
    local sequences = {}
    for sequence in string.gmatch(sub(claim, 25), '%d+') do sequences[#sequences + 1] = sequence end
    return sequences
end

-- The visible message with this id: its sequence, record and state.
local function find(native, nonce, id, now)
    local record = call('HGET', MESSAGES, native)
    if record and byte(record) % 2 == 0 and sub(record, 26, 33) == nonce then
        local state = call('HGET', STATES, native)
        if expires(record, state) > now then return native, record, state end
    end
    local sequence = call('HGET', KEPT, id)
    if not sequence then return end
    record = call('HGET', MESSAGES, sequence)
    if not record then return end
    local state = call('HGET', STATES, sequence)
    if expires(record, state) > now then return sequence, record, state end
end
