-- Shared by every script that adds due work. A leased key is not made claimable: the wish is kept in `redo` until the
-- lease is completed, so that two workers never hold one key. An empty `at` cancels.
local function put(work, key, at)
  if redis.call('HEXISTS', work.lease, key) == 1 then
    redis.call('HSET', work.redo, key, at)
  elseif at == '' then
    redis.call('ZREM', work.due, key)
    redis.call('HDEL', work.tries, key)
  else
    redis.call('ZADD', work.due, at, key)
  end
end

local function work_keys(first)
  return {
    due = KEYS[first], leased = KEYS[first + 1], lease = KEYS[first + 2], redo = KEYS[first + 3],
    tries = KEYS[first + 4], dead = KEYS[first + 5], letters = KEYS[first + 6], tokens = KEYS[first + 7],
  }
end
