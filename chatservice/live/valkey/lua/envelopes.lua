-- id, from, to -> envelopes
return redis.call('LRANGE', P .. 'log:' .. ARGV[3], ARGV[4], ARGV[5])
