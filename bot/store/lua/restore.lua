-- Writes a whole archived stream, with its projections, unless there is one already. Contract: scripts.restore.
local version = redis.call('XLEN', KEYS[1])
if version > 0 then
  return version
end
local events, scores = tonumber(ARGV[1]), #KEYS - 3
for i = 1, scores do
  redis.call('ZADD', KEYS[i + 3], ARGV[i + 4], ARGV[4])
end
local first = scores + 5
for i = 1, events do
  redis.call('XADD', KEYS[1], i .. '-0', 'e', ARGV[first + i - 1], 'a', ARGV[3])
end
if ARGV[2] ~= '' then
  redis.call('SET', KEYS[2], ARGV[2])
end
for i = first + events, #ARGV, 2 do
  redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1])
end
return 0
