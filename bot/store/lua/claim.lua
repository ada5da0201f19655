-- Takes due work under a lease. Contract: scripts.claim. A lease that ended without a word counts as a fault: work that
-- kills its worker must end among the dead letters, not run for ever.
local work = work_keys(1)
local now, lease_end, limit = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local taken = {}

local function take(key, due_at)
  local token = redis.call('INCR', work.tokens)
  redis.call('ZREM', work.due, key)
  redis.call('ZADD', work.leased, lease_end, key)
  redis.call('HSET', work.lease, key, token .. ' ' .. due_at)
  local attempts, faults = failures(work, key)
  taken[#taken + 1] = { key, token, due_at, attempts, faults }
end

for _, key in ipairs(redis.call('ZRANGEBYSCORE', work.leased, '-inf', now, 'LIMIT', 0, limit)) do
  local redo = redis.call('HGET', work.redo, key)
  local lease = redis.call('HGET', work.lease, key)
  if redo == '' then
    give_back(work, key, string.match(lease, '^(%d+) '))
    redis.call('HDEL', work.tries, key)
  else
    if redo and tonumber(redo) <= now then
      redis.call('HDEL', work.redo, key)
    end
    failed(work, key, 1, 'the worker that had it fell silent')
    take(key, string.match(lease, ' (%d+)$'))
  end
end
if #taken < limit then
  local due = redis.call('ZRANGEBYSCORE', work.due, '-inf', now, 'WITHSCORES', 'LIMIT', 0, limit - #taken)
  for i = 1, #due, 2 do
    take(due[i], due[i + 1])
  end
end
return taken
