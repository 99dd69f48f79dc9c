import { RedisScript } from './redis.script.js';

/**
 * Puts and deletes documents: KEYS from `first` on are the collections' hashes, ARGV from `at` on the ids, the values and
 * the expected values. Call `refused` before the first write: Redis does not undo the writes of a script.
 */
export const WRITE = `
local function refused(first, at)
  for i = first, #KEYS do
    local expected = ARGV[at + 2]
    if expected ~= '' and redis.call('HGET', KEYS[i], ARGV[at]) ~= (expected ~= '-' and expected) then
      return i - first + 1
    end
    at = at + 3
  end
  return false
end
local function write(first, at)
  for i = first, #KEYS do
    if ARGV[at + 1] == '' then redis.call('HDEL', KEYS[i], ARGV[at])
    else redis.call('HSET', KEYS[i], ARGV[at], ARGV[at + 1]) end
    at = at + 3
  end
end
`;

/**
 * Puts and deletes documents, and publishes the change on each channel; the channels follow the node and their count.
 * When a write expects another document, it does nothing and returns the number of that write.
 */
export const WRITE_DOCUMENTS = new RedisScript<number | null>(`${WRITE}
local channels = tonumber(ARGV[2])
local refusal = refused(1, channels + 3)
if refusal then return refusal end
write(1, channels + 3)
for i = 3, channels + 2 do redis.call('PUBLISH', ARGV[i], ARGV[1]) end
return false`);
