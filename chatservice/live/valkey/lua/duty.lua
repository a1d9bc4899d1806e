-- The sets of those who are on duty or pause, and connected: they answer "how many" without a walk.

local function note_duty(account)
  local held = redis.call('HMGET', P .. 'm:' .. account, 'state', 'connection')
  for _, state in ipairs({ 'on', 'paused' }) do
    local command = (held[2] and held[1] == state) and 'SADD' or 'SREM'
    redis.call(command, P .. 'duty:' .. state, account)
  end
  ring('queue')
end
