-- Corrects projections of one incident unless it moved meanwhile. Contract: scripts.reindex.
if redis.call('XLEN', KEYS[1]) ~= tonumber(ARGV[1]) then
  return {}
end
local added, removed = 0, 0
for i = 2, #KEYS do
  local score = ARGV[i + 1]
  if score == '' then
    removed = removed + redis.call('ZREM', KEYS[i], ARGV[2])
  else
    added = added + redis.call('ZADD', KEYS[i], 'CH', score, ARGV[2])
  end
end
return { added, removed }
