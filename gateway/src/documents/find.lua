-- Finds a document that is not too old, and says how old it is, in ms.
-- KEYS: the texts by digest, when each was kept, the bytes of all. ARGV: digest, age in ms.
local at = redis.call('ZSCORE', KEYS[2], ARGV[1])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
if not at or now - at >= tonumber(ARGV[2]) then
  return false
end
local text = redis.call('HGET', KEYS[1], ARGV[1])
return text and {text, math.max(now - at, 0)}
