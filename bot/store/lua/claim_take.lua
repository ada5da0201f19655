-- Takes a claim that lives in another partition than its incident, for a moment. Contract: scripts.claim_take.
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] and holder ~= ARGV[3] then
  return { holder, redis.call('PTTL', KEYS[1]) }
end
if holder == ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
