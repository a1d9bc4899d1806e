-- now_ms, how long a key is used in ms, a new key -> {keys: {number, secret, ...}, blocks: {origin, block, ...}}
block_keys(ARGV[3], ARGV[4], ARGV[5])
return { redis.call('HGETALL', P .. 'block:keys'), redis.call('HGETALL', P .. 'block:held') }
