import { NODES } from './redis.node.scripts.js';
import { RedisScript } from './redis.script.js';

/** Counts one action within a window and returns 0, or returns the wait in ms; the times are a list, the oldest first. */
export const TAKE = new RedisScript<number>(`
local times, held = KEYS[1], KEYS[2]
local limit, window, least = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local wait = redis.call('PTTL', held)
if wait > 0 then return wait end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local first = redis.call('LINDEX', times, 0)
while first and tonumber(first) <= now - window do
  redis.call('LPOP', times)
  first = redis.call('LINDEX', times, 0)
end
if redis.call('LLEN', times) < limit then
  redis.call('RPUSH', times, string.format('%.0f', now))
  redis.call('PEXPIRE', times, window)
  return 0
end
wait = math.max(least, math.min(window, first + window - now))
redis.call('SET', held, '', 'PX', wait)
return wait`);

/*
 * The clients that a user has connected are a hash: since when, in Unix ms, by process and client. A process is named
 * with the number of returns of its link; its entries count while it is alive and that number has not changed.
 */

/** Enters a client of a process; returns the clients above the limit, the oldest first, after publishing each. */
export const ENTER_CLIENT = new RedisScript<string[]>(`${NODES}
local connections, evictions, nodes = unpack(KEYS)
local node, client, user, since, sender, life, seconds, limit = unpack(ARGV)
local function is_alive(at)
  if at == node then return true end
  local name, returns = string.match(at, '^(.+)%.(%d+)$')
  local r = name and node_in(nodes, name)
  return r and r.returns == returns and r.mark ~= 'closed' and not is_silent(r, life)
end
local isNew = since == ''
if isNew then
  local clock = redis.call('TIME')
  since = string.format('%.0f', clock[1] * 1000 + math.floor(clock[2] / 1000))
end
redis.call('HSET', connections, node .. ' ' .. client, since)
redis.call('EXPIRE', connections, seconds)
local fields, alive = redis.call('HGETALL', connections), {}
local clients, began, seats = {}, {}, {}
for i = 1, #fields, 2 do
  local at, id = string.match(fields[i], '^(%S+) (.*)$')
  if alive[at] == nil then alive[at] = is_alive(at) or false end
  if not alive[at] then
    redis.call('HDEL', connections, fields[i])
  else
    if not seats[id] then clients[#clients + 1] = id end
    seats[id] = seats[id] or {}
    table.insert(seats[id], fields[i])
    began[id] = math.min(began[id] or math.huge, tonumber(fields[i + 1]))
  end
end
-- The new client is never evicted, whatever the clocks say.
if isNew then began[client] = math.huge end
table.sort(clients, function(a, b) return began[a] < began[b] or began[a] == began[b] and a < b end)
local excess = {}
for i = 1, #clients - tonumber(limit) do
  excess[i] = clients[i]
  redis.call('HDEL', connections, unpack(seats[clients[i]]))
  redis.call('PUBLISH', evictions, sender .. '\\n' .. cjson.encode({user, clients[i]}))
end
return excess`);
