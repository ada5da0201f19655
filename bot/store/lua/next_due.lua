-- When a claim will next find something: the earliest due piece or end of a lease. Contract: scripts.next_due.
local work = work_keys(1)
local soonest = false
for _, set in ipairs({ work.due, work.leased }) do
  local first = redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]
  if first and (not soonest or tonumber(first) < tonumber(soonest)) then
    soonest = first
  end
end
return soonest
