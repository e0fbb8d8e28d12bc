-- Queues stand on pages by their names, each page from its first name up to that of the next, so that the sorted set
-- stays in the form of one block of memory that Redis gives small ones (zset-max-listpack-entries and -value, 128
-- and 64 unless configured): some 50 bytes a queue instead of 200. The settings decide about memory only.
--
-- A record, a member of a page: name, zero, life, then in decimal the number of the pool, version and epoch, with
-- spaces between; then a space and the metadata, or '@' if they are kept apart. A name has no byte below '-'.
local PAGE_QUEUES, RECORD_BYTES = 128, 64

-- The page that a name belongs to, and its first name. Names are compared by the sets: Lua would go by the locale.
local function page_of(project, name)
    local first = call('ZREVRANGEBYLEX', PAGES .. project, '[' .. name, '-', 'LIMIT', 0, 1)[1] or ''
    return PAGE .. project .. '\0' .. first, first
end

-- The record or nil, its page, and the page's first name.
local function find(project, name)
    local page, first = page_of(project, name)
    local record = call('ZRANGEBYLEX', page, '[' .. name .. '\0', '(' .. name .. '\1', 'LIMIT', 0, 1)[1]
    return record, page, first
end

local function name_of(record)
    return match(record, '^[^%z]*')
end

-- Of a record: life, number of the pool, version, epoch, '@' if the metadata are apart, metadata.
local function parts(record)
    local start = #name_of(record) + 2
    return sub(record, start, start + 7), match(record, '^(%d+) (%-?%d+) (%-?%d+)([ @])(.*)$', start + 8)
end

-- What a record says, as the caller reads it.
local function told(record)
    local life, pool, version, epoch, place, metadata = parts(record)
    if place == '@' then metadata = call('HGET', METADATA, life) end
    return {name_of(record), life, call('HGET', POOL .. pool, 'name'), version, epoch, metadata}
end

-- Makes the record. Metadata that do not fit are put where they belong.
local function made(name, life, pool, version, epoch, metadata)
    local record = name .. '\0' .. life .. pool .. ' ' .. version .. ' ' .. epoch
    if #record + 1 + #metadata <= RECORD_BYTES then return record .. ' ' .. metadata end
    call('HSET', METADATA, life, metadata)
    return record .. '@'
end

-- The set that would have the life, and as what.
local function place_of(life)
    return LIVES .. struct.unpack('>I2', life, 7), format('%d', (struct.unpack('>I6', life)))
end

-- Writes down that a record was replaced or removed; so many such notes are kept.
local function note_change(project, name, remembered)
    call('XADD', CHANGES, 'MAXLEN', '=', remembered, count('change') .. '-0', 'project', project, 'name', name)
end

-- Puts a record with another pool, version, epoch and metadata in the place of the one on the page.
local function put(project, page, old, to, version, epoch, metadata, remembered)
    local name = name_of(old)
    local life, from, _, _, place = parts(old)
    if place == '@' then call('HDEL', METADATA, life) end
    call('ZREM', page, old)
    call('ZADD', page, 0, made(name, life, to, version, epoch, metadata))
    if from ~= to then
        call('HINCRBY', POOL .. from, 'queues', -1)
        call('HINCRBY', POOL .. to, 'queues', 1)
    end
    note_change(project, name, remembered)
end
