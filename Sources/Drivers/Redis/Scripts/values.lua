local function values(key, fields)
    if #fields == 0 then return {} end
    if #fields <= PART then return call('HMGET', key, unpack(fields)) end
    local all = {}
    for from = 1, #fields, PART do
        local part = call('HMGET', key, unpack(fields, from, math.min(from + PART - 1, #fields)))
        for index = 1, #part do all[from + index - 1] = part[index] end
    end
    return all
end
