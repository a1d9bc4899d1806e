-- Who is there. A presence is [connection or null, typing, visible, changed_ms, count]; the count makes each one new,
-- because a page must hear that somebody still types.

local function put_presence(id, side, connection, typing, visible, changed_ms)
  local key = P .. 'c:' .. id
  local name = connection and cjson.encode(connection) or 'null'
  local count = redis.call('HINCRBY', key, 'presences', 1)
  local values = { name, tostring(typing), tostring(visible), changed_ms, count }
  redis.call('HSET', key, side, '[' .. table.concat(values, ',') .. ']')
end

local function presence(id, side)
  local raw = redis.call('HGET', P .. 'c:' .. id, side)
  if not raw then return nil end
  local held = cjson.decode(raw)
  local connection = held[1]
  if connection == cjson.null then connection = nil end
  return { connection = connection, typing = held[2], visible = held[3], changed_ms = held[4] }
end

local function other(side)
  if side == 'visitor' then return 'mentor' end
  return 'visitor'
end

local function note_absence(id, side, now_ms)
  redis.call('ZADD', P .. 'absent', 'NX', now_ms, side .. ':' .. id)
end

local function depart(id, side, connection, now_ms)
  local held = presence(id, side)
  if held and held.connection == connection then
    put_presence(id, side, nil, false, true, now_ms)
    note_absence(id, side, now_ms)
    ring(other(side) .. ':' .. id)
  end
end
