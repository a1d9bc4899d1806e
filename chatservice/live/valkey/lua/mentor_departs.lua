-- account, connection, now_ms, process, entry, what she is asked as we know it: id, conversation, what it becomes
-- -> 1, or 0 when she is asked something else
local account, connection, now_ms = ARGV[3], ARGV[4], ARGV[5]
local key = P .. 'm:' .. account
local speaks = redis.call('HGET', key, 'connection')
local asked = (not speaks or speaks == connection) and redis.call('HGET', P .. 'asked', account)
if asked and (asked ~= ARGV[8] or redis.call('HGET', P .. 'c:' .. asked, 'c') ~= ARGV[9]) then return 0 end
if speaks == connection then
  redis.call('HDEL', key, 'connection')
  redis.call('HSET', key, 'gone', now_ms)
end
redis.call('SREM', P .. 'connections:' .. ARGV[6], ARGV[7])
-- She may have sat down by being connected, without a word of her own.
local seated = redis.call('HGET', P .. 'seat:account', account)
if seated then depart(seated, 'mentor', connection, now_ms) end
if asked then replace(asked, ARGV[9], ARGV[10], now_ms) end
note_duty(account)
return 1
