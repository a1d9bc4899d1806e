-- the latest absence to look at, ms -> {side:id, since_ms, 1 when waiting, ...}
local found = {}
local absent = redis.call('ZRANGEBYSCORE', P .. 'absent', '-inf', ARGV[3], 'WITHSCORES', 'LIMIT', 0, 2000)
for index = 1, #absent, 2 do
  local id = string.match(absent[index], ':(.*)')
  found[#found + 1] = absent[index]
  found[#found + 1] = absent[index + 1]
  found[#found + 1] = redis.call('ZSCORE', P .. 'queue', id) and 1 or 0
end
return found
