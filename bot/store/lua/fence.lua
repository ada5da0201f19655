-- True when `token` still owns the lease on `key`; the lease is then taken off and `redo` holds what was asked for
-- meanwhile: false (nothing), '' (cancelled) or an instant.
local function give_back(work, key, token)
  local lease = redis.call('HGET', work.lease, key)
  if not lease or string.match(lease, '^(%d+) ') ~= token then
    return false
  end
  local redo = redis.call('HGET', work.redo, key)
  redis.call('ZREM', work.leased, key)
  redis.call('HDEL', work.lease, key)
  redis.call('HDEL', work.redo, key)
  return true, redo
end

-- How often a piece was tried in vain, and how many of these were faults: an error of ours, or the end of its worker.
local function failures(work, key)
  local attempts, faults = string.match(redis.call('HGET', work.tries, key) or '0 0 ', '^(%d+) (%d+) ')
  return tonumber(attempts), tonumber(faults)
end

local function failed(work, key, fault, error)
  local attempts, faults = failures(work, key)
  redis.call('HSET', work.tries, key, (attempts + 1) .. ' ' .. (faults + fault) .. ' ' .. error)
end
