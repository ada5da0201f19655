-- Everything one command writes, or nothing. Contract: scripts.append. What is small travels as one JSON text: each
-- argument of its own costs the caller more than the whole text costs here.
local stream, snapshot, delivery = KEYS[1], KEYS[2], KEYS[3]
local work = { due = KEYS[4], lease = KEYS[5], redo = KEYS[6], tries = KEYS[7] }
local plan, state, events = cjson.decode(ARGV[1]), ARGV[2], #ARGV - 2
local attempt, expected = plan.attempt, plan.expected
local taken = 7
local function another_key()
  taken = taken + 1
  return KEYS[taken]
end
local claim = plan.claims and another_key()
local release = plan.releases and another_key()

if plan.deduplicates then
  local seen = redis.call('GET', delivery)
  if seen then
    local version, by = string.match(seen, '^(%d+) (.*)$')
    return { by == attempt and 'stored' or 'duplicate', tonumber(version) }
  end
end

-- The id of an entry is its version, so the newest one says how long the stream is.
local newest = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
local version = newest and tonumber(string.match(newest[1], '^(%d+)')) or 0
if version ~= expected then
  local missed = {}
  for i, entry in ipairs(redis.call('XRANGE', stream, (expected + 1) .. '-0', '+')) do
    if i == 1 and entry[2][4] == attempt then
      return { 'stored', expected + events }
    end
    missed[i] = entry[2][2]
  end
  return { 'stale', version, missed, newest and newest[2][4] or '' }
end

-- Same version, other facts: a failover lost some that the caller has folded, and others took their place.
if plan.head ~= '' and newest[2][4] ~= plan.head then
  return { 'stale', expected - 1, {}, '' }
end

if claim then
  local holder = redis.call('GET', claim)
  if holder and holder ~= plan.incident then
    return { 'claimed', holder }
  end
end

-- From here on everything is written. XADD is first: a server that is full, read-only or short of replicas refuses the
-- first write of a script, and then nothing has been written.
for i = 1, events do
  version = expected + i
  redis.call('XADD', stream, version .. '-0', 'e', ARGV[2 + i], 'a', attempt)
end
if state ~= '' then
  redis.call('SET', snapshot, version .. ' ' .. state)
end
put(work, plan.due, plan.instants)
for i, score in ipairs(plan.scores) do
  if score == '' then
    redis.call('ZREM', KEYS[taken + i], plan.incident)
  else
    redis.call('ZADD', KEYS[taken + i], score, plan.incident)
  end
end
if claim then
  redis.call('SET', claim, plan.incident)
end
if release and redis.call('GET', release) == plan.incident then
  redis.call('DEL', release)
end
if plan.deduplicates then
  redis.call('SET', delivery, version .. ' ' .. attempt, 'PX', plan.remember)
end
return { 'stored', version }
