-- Back among the due work with one more failure (a fault if ARGV[5] is 1). Contract: scripts.retry. The later of the two instants counts: a wish
-- for "now" must not undercut a Retry-After, and a timer that was moved must not fire at its old time.
local work, key, at = work_keys(1), ARGV[1], ARGV[3]
local owned, redo = give_back(work, key, ARGV[2])
if not owned then
  return 0
end
if redo == '' then
  redis.call('HDEL', work.tries, key)
  return 1
end
if redo and tonumber(redo) > tonumber(at) then
  at = redo
end
failed(work, key, ARGV[5], ARGV[4])
redis.call('ZADD', work.due, at, key)
return 1
