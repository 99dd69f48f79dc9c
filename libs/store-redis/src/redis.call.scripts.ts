import { RedisScript } from './redis.script.js';

/** Begins a call unless it has a record, which is then returned. */
export const BEGIN_CALL = new RedisScript<string | null>(`
local known = redis.call('GET', KEYS[1])
if known then return known end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false`);

/** Records a call's reply for the rest of its window. */
export const FINISH_CALL = new RedisScript<null>(`
local known = redis.call('GET', KEYS[1])
if not known then return false end
local record = {state = 'done', digest = cjson.decode(known).digest, reply = ARGV[1]}
redis.call('SET', KEYS[1], cjson.encode(record), 'KEEPTTL')
return false`);

/** Forgets a call that an owner began and that has not ended. */
export const ABANDON_CALL = new RedisScript<null>(`
local known = redis.call('GET', KEYS[1])
if known and cjson.decode(known).owner == ARGV[1] then redis.call('DEL', KEYS[1]) end
return false`);
