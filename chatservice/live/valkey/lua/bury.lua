-- process -> its last connections are gone, and so is it
redis.call('SREM', P .. 'processes', ARGV[3])
redis.call('DEL', P .. 'connections:' .. ARGV[3], P .. 'alive:' .. ARGV[3])
return 1
