-- origin, the block we know there -> 1, or 0 when it is another by now
if redis.call('HGET', P .. 'block:held', ARGV[3]) ~= ARGV[4] then return 0 end
redis.call('HDEL', P .. 'block:held', ARGV[3])
redis.call('ZREM', P .. 'block:until', ARGV[3])
redis.call('ZREM', P .. 'block:set', ARGV[3])
return 1
