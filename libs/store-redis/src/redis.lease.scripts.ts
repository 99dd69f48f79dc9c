import { NODES } from './redis.node.scripts.js';
import { RedisScript } from './redis.script.js';

/** Whether an owner has its lease; it gets back a lease that nobody has and that was not seized from it. */
export const KEEP_LEASE = new RedisScript<0 | 1>(`
local holder = redis.call('HGET', KEYS[1], ARGV[1])
if holder == ARGV[2] then return 1 end
if holder or redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`);

/** Gives the lease of a dead owner to another, and remembers that for a while. */
export const SEIZE_LEASE = new RedisScript<0 | 1>(`${NODES}
local leases, nodes, seized = unpack(KEYS)
local key, owner, from, from_node, silent, seized_ms = unpack(ARGV)
if redis.call('HGET', leases, key) ~= from then return 0 end
local r = node_in(nodes, from_node)
if not is_silent(r, silent) and r.mark == '' then return 0 end
redis.call('HSET', leases, key, owner)
redis.call('SET', seized, '1', 'PX', seized_ms)
return 1`);

/** Releases a lease if it is the owner's. */
export const RELEASE_LEASE = new RedisScript<null>(`
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return false`);
