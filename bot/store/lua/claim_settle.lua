-- Keeps (ARGV[2] = 'keep') or gives back a claim. Contract: scripts.claim_settle. Keeping sets it anew when it is free:
-- two deliveries of one opening may hold it together, and the one that wrote nothing gives it back.
local holder = redis.call('GET', KEYS[1])
if ARGV[2] == 'keep' then
  if not holder or holder == ARGV[1] then
    redis.call('SET', KEYS[1], ARGV[1])
  end
elseif holder == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return 1
