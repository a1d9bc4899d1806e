-- The indexes that follow from a conversation: the queue, the seats, who is asked, who is absent. Whether it may become
-- what it becomes was decided in domain/conversation.py; here it is only put in its places. Needs presence.lua.

local function vacate(held)
  if held.next and held.next.account then redis.call('HDEL', P .. 'asked', held.next.account) end
  if held.mentor then
    redis.call('HDEL', P .. 'seat:key', held.mentor.key)
    if held.mentor.account then redis.call('HDEL', P .. 'seat:account', held.mentor.account) end
  end
end

local function place(id, held, now_ms)
  local mentor = held.mentor
  if mentor then
    redis.call('ZREM', P .. 'queue', id)
    if held.next and held.next.account then redis.call('HSET', P .. 'asked', held.next.account, id) end
    redis.call('HSET', P .. 'seat:key', mentor.key, id)
    redis.call('HSETNX', P .. 'c:' .. id, 'taken', now_ms)
    if mentor.account then
      redis.call('HSET', P .. 'seat:account', mentor.account, id)
      redis.call('HSET', P .. 'm:' .. mentor.account, 'owes', '1')
    end
    if not presence(id, 'mentor').connection then note_absence(id, 'mentor', now_ms) end
  else
    redis.call('ZADD', P .. 'queue', 'NX', string.format('%.0f', held.since), id)
    redis.call('ZREM', P .. 'absent', 'mentor:' .. id)
  end
  ring('queue')
  ring('visitor:' .. id)
  ring('mentor:' .. id)
end

local function put(id, raw, now_ms)
  redis.call('DEL', P .. 'c:' .. id, P .. 'log:' .. id, P .. 'own:' .. id, P .. 'ended:' .. id)
  redis.call('HSET', P .. 'c:' .. id, 'c', raw)
  put_presence(id, 'visitor', nil, false, true, now_ms)
  put_presence(id, 'mentor', nil, false, true, now_ms)
  note_absence(id, 'visitor', now_ms)
  place(id, cjson.decode(raw), now_ms)
end

local function replace(id, former_raw, raw, now_ms)
  local former, held = cjson.decode(former_raw), cjson.decode(raw)
  vacate(former)
  redis.call('HSET', P .. 'c:' .. id, 'c', raw)
  local mentor = held.mentor
  if not mentor or not former.mentor or mentor.key ~= former.mentor.key then
    -- Whoever sits down this moment is there if her page is connected at all, and has her own time.
    local connection = mentor and mentor.account and redis.call('HGET', P .. 'm:' .. mentor.account, 'connection')
    put_presence(id, 'mentor', connection, false, true, now_ms)
    redis.call('ZREM', P .. 'absent', 'mentor:' .. id)
  end
  place(id, held, now_ms)
end
