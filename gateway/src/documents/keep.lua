-- Keeps a document, and no more of them than so many bytes and so old.
-- KEYS: the texts by digest, when each was kept, the bytes of all. ARGV: digest, text, bytes of all, age in ms, bytes beside a text.
local texts, kept, bytes = KEYS[1], KEYS[2], KEYS[3]
local digest, text, most, age, each = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function drop(old)
  redis.call('DECRBY', bytes, redis.call('HSTRLEN', texts, old) + each)
  redis.call('HDEL', texts, old)
  redis.call('ZREM', kept, old)
end

for _, old in ipairs(redis.call('ZRANGEBYSCORE', kept, '-inf', now - age, 'LIMIT', 0, 100)) do
  drop(old)
end
if redis.call('HEXISTS', texts, digest) == 1 then
  drop(digest)
end
redis.call('HSET', texts, digest, text)
redis.call('ZADD', kept, now, digest)
local all = redis.call('INCRBY', bytes, #text + each)
while all > most do
  local oldest = redis.call('ZRANGE', kept, 0, 0)[1]
  if not oldest then
    -- Redis dropped keys of its own accord.
    redis.call('SET', bytes, 0)
    break
  end
  drop(oldest)
  all = tonumber(redis.call('GET', bytes))
end
for _, key in ipairs(KEYS) do
  redis.call('PEXPIRE', key, age)
end
