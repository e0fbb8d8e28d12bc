-- ARGV: project, name, life, pool, version that the caller saw, version to be, epoch, metadata, how many changes to
-- remember. Returns 1, or 0 if nothing was changed.
local project, name, life, pool, seen, version, epoch, metadata, remembered = unpack(ARGV)
local old, page = find(project, name)
if not old then return 0 end
local old_life, _, old_version = parts(old)
local to = call('HGET', POOLS, pool)
if not to or old_life ~= life or old_version ~= seen then return 0 end
put(project, page, old, to, version, epoch, metadata, remembered)
return 1
