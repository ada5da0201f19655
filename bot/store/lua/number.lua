-- The number of an incident id: the one it has, else the next one. Contract: scripts.number.
local known = redis.call('HGET', KEYS[2], ARGV[1])
if known then
  return tonumber(known)
end
local number = redis.call('INCR', KEYS[1])
redis.call('HSET', KEYS[2], ARGV[1], number)
redis.call('HSET', KEYS[3], number, ARGV[1])
return number
