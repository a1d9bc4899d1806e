-- conversation, origin: kept for as long as the conversation is there
if redis.call('EXISTS', P .. 'c:' .. ARGV[3]) == 1 then redis.call('HSET', P .. 'block:origins', ARGV[3], ARGV[4]) end
return 1
