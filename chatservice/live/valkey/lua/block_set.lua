-- origin, the block we know there (or nothing), the new one, until_ms, how many at most -> 1, or 0 when it is another
local held, order, set = P .. 'block:held', P .. 'block:until', P .. 'block:set'
local known = redis.call('HGET', held, ARGV[3]) or ''
if known ~= ARGV[4] then return 0 end
redis.call('HSET', held, ARGV[3], ARGV[5])
redis.call('ZADD', order, ARGV[6], ARGV[3])
redis.call('ZADD', set, redis.call('INCR', P .. 'block:count'), ARGV[3])
while redis.call('HLEN', held) > tonumber(ARGV[7]) do
  local oldest = redis.call('ZRANGE', set, 0, 0)[1]
  redis.call('HDEL', held, oldest)
  redis.call('ZREM', order, oldest)
  redis.call('ZREM', set, oldest)
end
return 1
