-- Snapshots and the events after them, of the streams and snapshots in KEYS. Contract: scripts.load. ARGV names the newest
-- event that the caller has of each stream: what it has already is left out.
local found = {}
for i = 1, #KEYS, 2 do
  local newest = redis.call('XREVRANGE', KEYS[i], '+', '-', 'COUNT', 1)[1]
  local one = {}
  if newest then
    local version, head = tonumber(string.match(newest[1], '^(%d+)')), newest[2][4]
    local snapshot, events = '', {}
    if head ~= ARGV[(i + 1) / 2] then
      snapshot = redis.call('GET', KEYS[i + 1]) or ''
      local known = tonumber(string.match(snapshot, '^(%d+) ')) or 0
      if known < version then
        for j, entry in ipairs(redis.call('XRANGE', KEYS[i], (known + 1) .. '-0', '+')) do
          events[j] = entry[2][2]
        end
      end
    end
    one = { version, head, snapshot, events }
  end
  found[#found + 1] = one
end
return found
