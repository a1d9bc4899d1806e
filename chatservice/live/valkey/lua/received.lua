-- id, the other side, who has received, sender, through -> 0 unknown, 1
local id, to, own, sender, through = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local held = redis.call('HMGET', P .. 'c:' .. id, 'c', 'n:' .. sender, 'r:' .. sender)
if not held[1] then return 0 end
local known = sender == 'visitor' or held[2]
if not known then
  -- Of nobody who was never here: the names are the browser's, and each of them would be kept.
  local mentor = cjson.decode(held[1]).mentor
  known = mentor and 'mentor:' .. mentor.key == sender
end
if known and sender ~= own and tonumber(through) > tonumber(held[3] or 0) then
  redis.call('HSET', P .. 'c:' .. id, 'r:' .. sender, through)
  ring(to .. ':' .. id)
end
return 1
