-- Writes a whole archived stream unless there is one already. Contract: scripts.restore.
local version = redis.call('XLEN', KEYS[1])
if version > 0 then
  return version
end
local events = tonumber(ARGV[1])
for i = 1, events do
  redis.call('XADD', KEYS[1], i .. '-0', 'e', ARGV[i + 3], 'a', ARGV[3])
end
if ARGV[2] ~= '' then
  redis.call('SET', KEYS[2], ARGV[2])
end
for i = events + 4, #ARGV, 2 do
  redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1])
end
return 0
