-- Everything one command writes, or nothing. Contract: scripts.append.
local stream, snapshot, delivery, claim, release = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local work = work_keys(6)
local expected, attempt, flags, incident = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
local remember, events, dues, last = ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[9]
local deduplicates = string.find(flags, 'd', 1, true)
local claims = string.find(flags, 'c', 1, true)
local releases = string.find(flags, 'r', 1, true)

if deduplicates then
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
if last ~= '' and newest[2][4] ~= last then
  return { 'stale', expected - 1, {}, '' }
end

if claims then
  local holder = redis.call('GET', claim)
  if holder and holder ~= incident then
    return { 'claimed', holder }
  end
end

-- From here on everything is written. XADD is first: a server that is full, read-only or short of replicas refuses the
-- first write of a script, and then nothing has been written.
local at = 10
for i = 1, events do
  version = expected + i
  redis.call('XADD', stream, version .. '-0', 'e', ARGV[at], 'a', attempt)
  at = at + 1
end
if ARGV[5] ~= '' then
  redis.call('SET', snapshot, version .. ' ' .. ARGV[5])
end
put(work, { unpack(ARGV, at, at + dues - 1) }, { unpack(ARGV, at + dues, at + 2 * dues - 1) })
at = at + 2 * dues
for i = 14, #KEYS do
  if ARGV[at] == '' then
    redis.call('ZREM', KEYS[i], incident)
  else
    redis.call('ZADD', KEYS[i], ARGV[at], incident)
  end
  at = at + 1
end
if claims then
  redis.call('SET', claim, incident)
end
if releases and redis.call('GET', release) == incident then
  redis.call('DEL', release)
end
if deduplicates then
  redis.call('SET', delivery, version .. ' ' .. attempt, 'PX', remember)
end
return { 'stored', version }
