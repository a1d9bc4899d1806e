-- id, by, now_ms, how long to remember who ended it -> false, or {conversation, taken_ms or false}
local id = ARGV[3]
local held = redis.call('HMGET', P .. 'c:' .. id, 'c', 'taken')
if not held[1] then return false end
vacate(cjson.decode(held[1]))
redis.call('ZREM', P .. 'queue', id)
redis.call('ZREM', P .. 'absent', 'visitor:' .. id, 'mentor:' .. id)
redis.call('HDEL', P .. 'block:origins', id)
redis.call('DEL', P .. 'c:' .. id, P .. 'log:' .. id, P .. 'own:' .. id)
redis.call('SET', P .. 'ended:' .. id, ARGV[4] .. ':' .. ARGV[5], 'EX', ARGV[6])
ring('queue')
ring('visitor:' .. id)
ring('mentor:' .. id)
return { held[1], held[2] }
