-- id, conversation, now_ms -> false, or the conversation that is there already
local held = redis.call('HGET', P .. 'c:' .. ARGV[3], 'c')
if held then return held end
put(ARGV[3], ARGV[4], ARGV[5])
return false
