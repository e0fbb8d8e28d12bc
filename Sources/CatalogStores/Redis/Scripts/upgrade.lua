-- Brings a catalog of an older format up to date. In format 2 there may be migrations, in format 3 documents; until
-- there are, nothing else differs.
local found = call('GET', FORMAT)
if found == '1' or found == '2' then call('SET', FORMAT, '3') end
return 0
