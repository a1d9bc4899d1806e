-- id, the conversation we know, the new one, now_ms, which mentor must be free: account and key (or nothing),
-- 'colleague' when she must be on duty too, how long the visitor waited (or nothing)
-- -> {0} unknown, {2, conversation} another than we know, {3} she is not free, {1, taken before or false}
local id, known, raw, now_ms = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local account, key, as, waited_s = ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local held = redis.call('HMGET', P .. 'c:' .. id, 'c', 'taken', 'first')
if not held[1] then return { 0 } end
if held[1] ~= known then return { 2, held[1] } end
if account ~= '' and not is_free(account, key) then return { 3 } end
if as == 'colleague' and redis.call('SISMEMBER', P .. 'duty:on', account) == 0 then return { 3 } end
replace(id, known, raw, now_ms)
if waited_s ~= '' and held[3] then
  redis.call('LPUSH', P .. 'waits', now_ms .. ':' .. held[3] .. ':' .. waited_s)
  redis.call('LTRIM', P .. 'waits', 0, 49)
  redis.call('HDEL', P .. 'c:' .. id, 'first')
end
return { 1, held[2] }
