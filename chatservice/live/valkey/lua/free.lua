-- Whether a mentor could sit down somewhere: she has neither a seat nor a question.

local function is_free(account, key)
  return redis.call('HEXISTS', P .. 'seat:account', account) == 0
    and redis.call('HEXISTS', P .. 'asked', account) == 0
    and redis.call('HEXISTS', P .. 'seat:key', key) == 0
end
