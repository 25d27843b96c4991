-- Begins a session, and ends the oldest ones of the same person above the limit.
-- KEYS: the session; then the lists that it belongs to, its person's first.
-- ARGV: the session as JSON, for how many milliseconds it is good, and its lists; when it began; its hash; how many a person may have;
-- what the keys of sessions begin with.
-- Answers the hashes of those that ended.
local json, good, listed, began, hash, most, prefix = unpack(ARGV)
redis.call('SET', KEYS[1], json, 'PX', good)
for list = 2, #KEYS do
  for _, member in ipairs(redis.call('ZRANGE', KEYS[list], 0, -1)) do
    if redis.call('EXISTS', prefix .. member) == 0 then
      redis.call('ZREM', KEYS[list], member)
    end
  end
  redis.call('ZADD', KEYS[list], began, hash)
  redis.call('PEXPIRE', KEYS[list], listed)
end
local ended = {}
local surplus = redis.call('ZCARD', KEYS[2]) - tonumber(most)
for _, member in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  if surplus > 0 and member ~= hash then
    redis.call('DEL', prefix .. member)
    redis.call('ZREM', KEYS[2], member)
    ended[#ended + 1] = member
    surplus = surplus - 1
  end
end
return ended
