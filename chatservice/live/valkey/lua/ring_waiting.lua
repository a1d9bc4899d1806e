-- how many
for _, id in ipairs(redis.call('ZRANGE', P .. 'queue', 0, tonumber(ARGV[3]) - 1)) do ring('visitor:' .. id) end
return 1
