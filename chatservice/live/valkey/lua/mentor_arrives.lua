-- account, connection, her key and name (or nothing), now_ms, a pause in ms, process, entry
local account, now_ms = ARGV[3], ARGV[7]
local key = P .. 'm:' .. account
redis.call('HSET', key, 'connection', ARGV[4])
redis.call('HDEL', key, 'key', 'alias')
if ARGV[5] ~= '' then redis.call('HSET', key, 'key', ARGV[5], 'alias', ARGV[6]) end
local gone = redis.call('HGET', key, 'gone')
if gone and tonumber(now_ms) - tonumber(gone) >= tonumber(ARGV[8]) then redis.call('HSET', key, 'on', now_ms) end
redis.call('HDEL', key, 'gone')
redis.call('SADD', P .. 'connections:' .. ARGV[9], ARGV[10])
note_duty(account)
return 1
