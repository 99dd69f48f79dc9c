import { RedisScript } from './redis.script.js';

/**
 * Adds to the counts of a minute: KEYS are the index of the series and the hash of the minute, ARGV the prefix of such
 * hashes, the minute, the limits of minutes and counters, the seconds that all is kept, then names and numbers. Drops the
 * earliest minute when there are too many.
 */
export const ADD_COUNTS = new RedisScript<null>(`
local index, counts = KEYS[1], KEYS[2]
local prefix, minute, max_minutes, max_counters, seconds = unpack(ARGV, 1, 5)
local size = redis.call('HLEN', counts)
for i = 6, #ARGV, 2 do
  local is_new = redis.call('HEXISTS', counts, ARGV[i]) == 0
  if not is_new or size < tonumber(max_counters) then
    redis.call('HINCRBY', counts, ARGV[i], ARGV[i + 1])
    if is_new then size = size + 1 end
  end
end
redis.call('ZADD', index, minute, minute)
redis.call('EXPIRE', counts, seconds)
redis.call('EXPIRE', index, seconds)
if redis.call('ZCARD', index) > tonumber(max_minutes) then
  redis.call('DEL', prefix .. redis.call('ZPOPMIN', index)[1])
end
return false`);
