-- Keeps the result with the instant of the start. Contract: scripts.mark_finish.
local known = redis.call('HGET', KEYS[1], ARGV[1]) or '0'
redis.call('HSET', KEYS[1], ARGV[1], string.match(known, '^(%d+)') .. ' ' .. ARGV[2])
return 1
