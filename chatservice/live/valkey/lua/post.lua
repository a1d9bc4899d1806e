-- id, the conversation we know, the one it becomes (or nothing), the other side, sender, number, envelope, now_ms
-- -> {0} unknown, {4} was there, {5} conflict, {6, expected} gap, {2, conversation} another than we know, {1} kept
local id, known, raw, to, sender = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local sequence, envelope = tonumber(ARGV[8]), ARGV[9]
local key = P .. 'c:' .. id
local held = redis.call('HMGET', key, 'c', 'n:' .. sender)
if not held[1] then return { 0 } end
local count = tonumber(held[2] or 0)
if sequence < count then
  local position = tonumber(redis.call('HGET', P .. 'own:' .. id, sender .. ':' .. ARGV[8]))
  if redis.call('LINDEX', P .. 'log:' .. id, position - 1) == envelope then return { 4 } end
  return { 5 }
end
if sequence > count then return { 6, count } end
if held[1] ~= known then return { 2, held[1] } end
local position = redis.call('RPUSH', P .. 'log:' .. id, envelope)
redis.call('HSET', P .. 'own:' .. id, sender .. ':' .. ARGV[8], position)
redis.call('HSET', key, 'n:' .. sender, count + 1)
-- Few envelopes change the conversation, and only then is placing.lua part of the script.
if raw ~= '' then replace(id, known, raw, ARGV[10]) end
ring(to .. ':' .. id)
return { 1 }
