-- account -> 1 once after each conversation
if redis.call('HEXISTS', P .. 'seat:account', ARGV[3]) == 1 then return 0 end
return redis.call('HDEL', P .. 'm:' .. ARGV[3], 'owes')
