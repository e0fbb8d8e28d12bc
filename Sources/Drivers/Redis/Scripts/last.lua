-- ARGV: header. Returns the highest sequence given out.
return tonumber(call('GET', LAST) or 0)
