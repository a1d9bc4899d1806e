-- how many -> {count, id, since_ms, ...}
local found = redis.call('ZRANGE', P .. 'queue', 0, tonumber(ARGV[3]) - 1, 'WITHSCORES')
table.insert(found, 1, redis.call('ZCARD', P .. 'queue'))
return found
