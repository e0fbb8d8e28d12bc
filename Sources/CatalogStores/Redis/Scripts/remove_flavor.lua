-- ARGV: project, name, and the entry for the audit log.
local project, name = ARGV[1], ARGV[2]
if call('HEXISTS', FLAVORS .. project, name) == 1 then
    set_flavor(project, name, nil)
    detach(name)
    note(3)
end
return 0
