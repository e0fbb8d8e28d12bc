-- Whatever the role: -1 if there is none.
if not header then return -1 end
