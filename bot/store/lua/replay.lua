-- A dead letter becomes due again. Contract: scripts.replay.
local work = work_keys(1)
if redis.call('ZREM', work.dead, ARGV[1]) == 0 then
  return 0
end
redis.call('HDEL', work.letters, ARGV[1])
put(work, { ARGV[1] }, { ARGV[2] })
return 1
