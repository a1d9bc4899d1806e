-- -> {process, {entry, ...}, ...} of processes that no longer say that they are alive
local found = {}
for _, process in ipairs(redis.call('SMEMBERS', P .. 'processes')) do
  if redis.call('EXISTS', P .. 'alive:' .. process) == 0 then
    found[#found + 1] = process
    found[#found + 1] = redis.call('SMEMBERS', P .. 'connections:' .. process)
  end
end
return found
