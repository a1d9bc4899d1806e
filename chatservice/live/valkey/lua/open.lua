-- id, the conversation without its first field, since_ms, queue_cap, now_ms -> 1, or 0 when the queue is full
local id, rest, since_ms, cap, now_ms = ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
if redis.call('ZCARD', P .. 'queue') >= cap then return 0 end
-- Neither a clock that is set back nor the same millisecond lets a newcomer stand before an earlier one.
local newest = tonumber(redis.call('GET', P .. 'newest') or 0) + 1
local since = string.format('%.0f', math.max(newest, since_ms))
redis.call('SET', P .. 'newest', since)
put(id, '{"since":' .. since .. rest, now_ms)
redis.call('HSET', P .. 'c:' .. id, 'first', redis.call('ZRANK', P .. 'queue', id) + 1)
return 1
