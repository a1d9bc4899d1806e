-- process, now_ms (nothing when it does not know it yet), how long it counts as alive in s
-- -> {now_ms, 1 when it was one of the processes until now}
-- All processes measure time on one scale that no clock on a wall can move: whoever comes later takes it over.
local process, now_ms = ARGV[3], ARGV[4]
local time = redis.call('TIME')
local server_ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if now_ms == '' then
  local scale = redis.call('HMGET', P .. 'scale', 'now_ms', 'server_ms')
  if scale[1] then
    local passed_ms = server_ms - tonumber(scale[2])
    now_ms = tonumber(scale[1]) + math.min(math.max(passed_ms, 0), tonumber(ARGV[5]) * 1000)
  else
    now_ms = server_ms
  end
  now_ms = string.format('%.0f', now_ms)
end
redis.call('HSET', P .. 'scale', 'now_ms', now_ms, 'server_ms', string.format('%.0f', server_ms))
local was_alive = redis.call('SISMEMBER', P .. 'processes', process)
redis.call('SADD', P .. 'processes', process)
redis.call('SET', P .. 'alive:' .. process, '1', 'EX', ARGV[5])
return { now_ms, was_alive }
