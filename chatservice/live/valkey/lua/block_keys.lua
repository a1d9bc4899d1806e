-- Let go of what is over: blocks, and keys that nothing was hashed with that is still needed. Nothing outlives a server
-- that nobody asks for three days.

local function block_keys(now_ms, life_ms, secret)
  local held, order, keys, made = P .. 'block:held', P .. 'block:until', P .. 'block:keys', P .. 'block:made'
  local over = redis.call('ZRANGEBYSCORE', order, '-inf', now_ms)
  for _, origin in ipairs(over) do
    redis.call('HDEL', held, origin)
    redis.call('ZREM', order, origin)
    redis.call('ZREM', P .. 'block:set', origin)
  end
  local newest = tonumber(redis.call('GET', P .. 'block:newest') or -1)
  local newest_ms = redis.call('HGET', made, newest)
  if not newest_ms or tonumber(now_ms) - tonumber(newest_ms) >= tonumber(life_ms) then
    newest = newest + 1
    redis.call('SET', P .. 'block:newest', newest)
    redis.call('HSET', keys, newest, secret)
    redis.call('HSET', made, newest, now_ms)
  end
  if redis.call('HLEN', keys) > 1 then
    local needed = { [tostring(newest)] = true }
    for _, origin in ipairs(redis.call('HKEYS', held)) do needed[string.match(origin, '^(%d+):')] = true end
    for _, origin in ipairs(redis.call('HVALS', P .. 'block:origins')) do
      needed[string.match(origin, '^(%d+):')] = true
    end
    for _, number in ipairs(redis.call('HKEYS', keys)) do
      if not needed[number] then
        redis.call('HDEL', keys, number)
        redis.call('HDEL', made, number)
      end
    end
  end
  for _, name in ipairs({ 'held', 'until', 'set', 'keys', 'made', 'newest', 'origins' }) do
    redis.call('EXPIRE', P .. 'block:' .. name, 3 * 24 * 3600)
  end
end
