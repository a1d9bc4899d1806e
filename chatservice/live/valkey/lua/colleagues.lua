-- -> {account, key, name, ...} of those who could take over now
local found = {}
for _, account in ipairs(redis.call('SMEMBERS', P .. 'duty:on')) do
  local held = redis.call('HMGET', P .. 'm:' .. account, 'key', 'alias')
  if held[1] and is_free(account, held[1]) then
    for _, value in ipairs({ account, held[1], held[2] }) do found[#found + 1] = value end
  end
end
return found
