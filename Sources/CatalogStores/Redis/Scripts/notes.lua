-- Writes the entry that stands in ARGV from here on into the audit log, if there is one.
local function note(from)
    if not ARGV[from] then return end
    local at, actor, action, subject, before, after = unpack(ARGV, from, from + 5)
    call(
        'XADD', AUDIT, count('audit') .. '-0', 'at', at, 'actor', actor, 'action', action, 'subject', subject,
        'before', before, 'after', after)
end
