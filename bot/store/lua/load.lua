-- Snapshot and the events after it. Contract: scripts.load.
local version = redis.call('XLEN', KEYS[1])
if version == 0 then
  return {}
end
local snapshot = redis.call('GET', KEYS[2])
local known = snapshot and tonumber(string.match(snapshot, '^(%d+) ')) or 0
local events = {}
if known < version then
  for i, entry in ipairs(redis.call('XRANGE', KEYS[1], (known + 1) .. '-0', '+')) do
    events[i] = entry[2][2]
  end
end
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return { version, snapshot or '', events, newest[2][4] }
