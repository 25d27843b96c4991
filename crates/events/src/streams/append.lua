-- Appends entries to a stream, but only where it ends as the caller believes: two relays at once leave no gap.
-- KEYS[1]: the stream. ARGV[1]: the id of its last entry, or nothing to begin it anew.
-- Then for each entry: id, previous, aggregate, kind, payload, occurred_at.
if ARGV[1] == '' then
  redis.call('DEL', KEYS[1])
else
  local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
  if #last == 0 or last[1][1] ~= ARGV[1] then
    return 0
  end
end
for at = 2, #ARGV, 6 do
  redis.call('XADD', KEYS[1], ARGV[at], 'previous', ARGV[at + 1], 'aggregate', ARGV[at + 2], 'kind', ARGV[at + 3],
    'payload', ARGV[at + 4], 'occurred_at', ARGV[at + 5])
end
return 1
