-- Writes a whole archived stream, with its projections and due work, unless there is one already. Contract:
-- scripts.restore.
local version = redis.call('XLEN', KEYS[1])
if version > 0 then
  return version
end
local plan = cjson.decode(ARGV[1])
for i = 1, plan.events do
  redis.call('XADD', KEYS[1], i .. '-0', 'e', ARGV[2 + i], 'a', plan.attempt)
end
if ARGV[2] ~= '' then
  redis.call('SET', KEYS[2], ARGV[2])
end
for i = 3 + plan.events, #ARGV, 2 do
  redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1])
end
for i, score in ipairs(plan.scores) do
  redis.call('ZADD', KEYS[11 + i], score, plan.incident)
end
put(work_keys(4), plan.due, plan.instants)
return 0
