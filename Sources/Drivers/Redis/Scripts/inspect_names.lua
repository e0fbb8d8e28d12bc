-- Names of parcels. ARGV: "bodies" that have one or "parcels" that have one, cursor. Returns the next cursor, "0" at the
-- end, and names.
local is_parcel = ARGV[1] == 'parcels'
-- Bodies are large.
local page = call('HSCAN', is_parcel and queue .. 'parcels' or queue .. 'bodies', ARGV[2], 'COUNT', is_parcel and 500 or 20)
local names = {}
for index = 1, #page[2], 2 do
    local name = page[2][index]
    if not is_parcel then
        names[#names + 1] = name
    elseif tonumber(name) then
        names[#names + 1] = sub(page[2][index + 1], 1, 8)
    end
end
return {page[1], names}
