-- account, state, now_ms
local key = P .. 'm:' .. ARGV[3]
if redis.call('HGET', key, 'state') ~= 'on' then redis.call('HSET', key, 'on', ARGV[5]) end
redis.call('HSET', key, 'state', ARGV[4])
note_duty(ARGV[3])
return 1
