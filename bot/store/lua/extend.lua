-- A longer lease for the one who still owns it. Contract: scripts.extend.
local work, key = work_keys(1), ARGV[1]
local lease = redis.call('HGET', work.lease, key)
if not lease or string.match(lease, '^(%d+) ') ~= ARGV[2] then
  return 0
end
redis.call('ZADD', work.leased, ARGV[3], key)
return 1
