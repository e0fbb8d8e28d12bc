local function forget_retirement(life)
    local found = call('ZRANGEBYLEX', RETIREMENTS, '[' .. life, '+', 'LIMIT', 0, 1)[1]
    if found and sub(found, 1, 8) == life then call('ZREM', RETIREMENTS, found) end
end
