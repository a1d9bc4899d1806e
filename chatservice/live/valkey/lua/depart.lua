-- id, side, connection, now_ms, process, entry
depart(ARGV[3], ARGV[4], ARGV[5], ARGV[6])
redis.call('SREM', P .. 'connections:' .. ARGV[7], ARGV[8])
return 1
