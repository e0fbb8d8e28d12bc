-- Brings a catalog of an older format up to date. In format 2 there may be migrations; until there are, nothing else
-- differs.
if call('GET', FORMAT) == '1' then call('SET', FORMAT, '2') end
return 0
