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

local function failures(work, key)
  return tonumber(string.match(redis.call('HGET', work.tries, key) or '0', '^(%d+)'))
end
