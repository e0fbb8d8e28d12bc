-- ARGV: header. Returns the highest sequence given out.
return tonumber(call('GET', queue .. 'last') or 0)
