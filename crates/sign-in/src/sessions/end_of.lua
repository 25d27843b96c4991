-- Ends all sessions of a list.
-- KEYS[1]: the list. ARGV[1]: what the keys of sessions begin with.
-- Answers the hashes of those that ended.
local ended = {}
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if redis.call('DEL', ARGV[1] .. member) == 1 then
    ended[#ended + 1] = member
  end
end
redis.call('DEL', KEYS[1])
return ended
