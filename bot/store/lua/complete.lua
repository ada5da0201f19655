-- The work is done; what was asked for meanwhile becomes due. Contract: scripts.complete.
local work, key = work_keys(1), ARGV[1]
local owned, redo = give_back(work, key, ARGV[2])
if not owned then
  return 0
end
redis.call('HDEL', work.tries, key)
redis.call('ZREM', work.dead, key)
redis.call('HDEL', work.letters, key)
if redo and redo ~= '' then
  redis.call('ZADD', work.due, redo, key)
end
return 1
