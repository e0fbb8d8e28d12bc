-- Documents stand by their place: kind, length of the project, project, owner. Of each place a sorted set has the
-- names, and a hash what each of them says: version, space, end or nothing, space, content.
local DOCUMENTS, NAMED, ENDS = AT .. 'documents:', AT .. 'named:', AT .. 'ends'

local function place_of(kind, project, owner)
    return kind .. ':' .. #project .. ':' .. project .. owner
end

-- Those that end are found in a sorted set by when: length of the place, place, name.
local function end_of(place, name)
    return #place .. ':' .. place .. name
end

-- Version, end, and content; nothing if there is no such document, or no more.
local function document(place, name, now)
    local stored = call('HGET', DOCUMENTS .. place, name)
    if not stored then return nil end
    local version, expires, start = match(stored, '^(%-?%d+) (%-?%d*) ()')
    if expires ~= '' and tonumber(expires) <= tonumber(now) then return nil end
    return version, expires, sub(stored, start)
end

local function put_document(place, name, version, expires, content)
    call('HSET', DOCUMENTS .. place, name, version .. ' ' .. expires .. ' ' .. content)
    call('ZADD', NAMED .. place, 0, name)
    if expires == '' then
        call('ZREM', ENDS, end_of(place, name))
    else
        call('ZADD', ENDS, expires, end_of(place, name))
    end
end

local function forget_document(place, name)
    call('HDEL', DOCUMENTS .. place, name)
    call('ZREM', NAMED .. place, name)
    call('ZREM', ENDS, end_of(place, name))
end
