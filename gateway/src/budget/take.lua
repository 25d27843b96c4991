-- Takes out of a budget that several gateways count together, by Redis's own clock.
-- KEYS[1]: when all is back, in microseconds. ARGV: the time in which what is taken comes back, and the window.
-- Answers whether it was taken, and how far ahead the client is.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local time, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local ahead = math.max(tonumber(redis.call('GET', KEYS[1]) or '0') - now, 0)
if ahead + time > window then
  return {0, ahead}
end
ahead = ahead + time
redis.call('SET', KEYS[1], string.format('%.0f', now + ahead), 'PX', math.ceil(ahead / 1000) + 1)
return {1, ahead}
