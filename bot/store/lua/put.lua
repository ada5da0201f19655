-- Shared by every script that adds due work: `keys`, and the instant of each. A leased key is not made claimable: the
-- wish is kept in `redo` until the lease is completed, so that two workers never hold one key. An empty instant cancels.
local function put(work, keys, instants)
  if #keys == 0 then
    return
  end
  local leases, due = redis.call('HMGET', work.lease, unpack(keys)), {}
  for i, key in ipairs(keys) do
    if leases[i] then
      redis.call('HSET', work.redo, key, instants[i])
    elseif instants[i] == '' then
      redis.call('ZREM', work.due, key)
      redis.call('HDEL', work.tries, key)
    else
      due[#due + 1] = instants[i]
      due[#due + 1] = key
    end
  end
  if #due > 0 then
    redis.call('ZADD', work.due, unpack(due))
  end
end

local function work_keys(first)
  return {
    due = KEYS[first], leased = KEYS[first + 1], lease = KEYS[first + 2], redo = KEYS[first + 3],
    tries = KEYS[first + 4], dead = KEYS[first + 5], letters = KEYS[first + 6], tokens = KEYS[first + 7],
  }
end
