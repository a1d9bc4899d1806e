-- id, side, typing, visible, now_ms -> 0 unknown, 1
local id, side = ARGV[3], ARGV[4]
local held = presence(id, side)
if not held then return 0 end
local typing, visible = ARGV[5] == '1', ARGV[6] == '1'
local changed_ms = string.format('%.0f', held.changed_ms)
if visible ~= held.visible then changed_ms = ARGV[7] end
put_presence(id, side, held.connection, typing, visible, changed_ms)
ring(other(side) .. ':' .. id)
return 1
