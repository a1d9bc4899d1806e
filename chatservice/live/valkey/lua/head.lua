-- account, key -> {3} she is not free, {0} nobody for her, {1, id, conversation}: the first who did not ask to be spared her
local account, key = ARGV[3], ARGV[4]
if not is_free(account, key) then return { 3 } end
local from, chunk = 0, 20
while true do
  local ids = redis.call('ZRANGE', P .. 'queue', from, from + chunk - 1)
  if #ids == 0 then return { 0 } end
  for _, id in ipairs(ids) do
    local raw = redis.call('HGET', P .. 'c:' .. id, 'c')
    local spared = false
    for _, avoided in ipairs(cjson.decode(raw).avoids or {}) do spared = spared or avoided == key end
    if not spared then return { 1, id, raw } end
  end
  from = from + chunk
end
