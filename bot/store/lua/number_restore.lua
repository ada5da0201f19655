-- Gives an id the number it had. Contract: scripts.number_restore.
local number = redis.call('HGET', KEYS[2], ARGV[1])
local id = redis.call('HGET', KEYS[3], ARGV[2])
if (number and number ~= ARGV[2]) or (id and id ~= ARGV[1]) then
  return 0
end
if tonumber(redis.call('GET', KEYS[1]) or '0') < tonumber(ARGV[2]) then
  redis.call('SET', KEYS[1], ARGV[2])
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[3], ARGV[2], ARGV[1])
return 1
