-- Takes a mark off that was started then and has no result. Contract: scripts.mark_withdraw.
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return 1
