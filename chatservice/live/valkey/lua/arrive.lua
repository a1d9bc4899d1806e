-- id, side, connection, now_ms, process, entry -> 0 unknown, 1
local id, side, connection, now_ms = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
if redis.call('EXISTS', P .. 'c:' .. id) == 0 then return 0 end
put_presence(id, side, connection, false, true, now_ms)
redis.call('ZREM', P .. 'absent', side .. ':' .. id)
redis.call('SADD', P .. 'connections:' .. ARGV[7], ARGV[8])
ring('visitor:' .. id)
ring('mentor:' .. id)
return 1
