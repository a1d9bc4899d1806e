-- id -> {field, value, ..., place counted from 0 or false}
local held = redis.call('HGETALL', P .. 'c:' .. ARGV[3])
if #held == 0 then return false end
held[#held + 1] = redis.call('ZRANK', P .. 'queue', ARGV[3])
return held
