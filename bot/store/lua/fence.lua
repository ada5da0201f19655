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

-- How often a piece was tried in vain, and how many of these were faults: an error of ours, or the end of its worker. A
-- version that knew no faults wrote "attempts error": those count as none.
local function failures(work, key)
  local tried = redis.call('HGET', work.tries, key) or '0'
  return tonumber(string.match(tried, '^(%d+)')), tonumber(string.match(tried, '^%d+ f(%d+) ') or 0)
end

local function failed(work, key, fault, error)
  local attempts, faults = failures(work, key)
  redis.call('HSET', work.tries, key, (attempts + 1) .. ' f' .. (faults + fault) .. ' ' .. error)
end
