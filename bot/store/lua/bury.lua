-- Given up: a dead letter, after one more attempt if ARGV[5] is 1. What was asked for meanwhile is a new need and becomes due. Contract: scripts.bury.
local work, key = work_keys(1), ARGV[1]
local owned, redo = give_back(work, key, ARGV[2])
if not owned then
  return 0
end
redis.call('HSET', work.letters, key, (failures(work, key) + ARGV[5]) .. ' ' .. ARGV[4])
redis.call('ZADD', work.dead, ARGV[3], key)
redis.call('HDEL', work.tries, key)
if redo and redo ~= '' then
  redis.call('ZADD', work.due, redo, key)
end
return 1
