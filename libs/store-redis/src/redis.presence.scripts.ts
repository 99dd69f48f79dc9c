import { PRESENCE_EVENT } from '@switchyard/contract';
import { NODES } from './redis.node.scripts.js';
import { RedisScript } from './redis.script.js';

/*
 * The people of a room are a hash with the number of processes that serve each person, and the person's name (as JSON), by
 * the person's id; and a sorted set of the ids in the order they came, so that pages can be read. Each process has a set of
 * the people it has in rooms, as room and id on two lines.
 *
 * The published event only says that something changed: each process reads the room itself, once for many changes.
 */
const COMMON = `
local function changed(channel)
  redis.call('PUBLISH', channel, table.concat({'', '', '', '', '${PRESENCE_EVENT}', '', '{}'}, '\\n'))
end
local function read(people, id)
  local known = redis.call('HGET', people, id)
  if not known then return 0 end
  local nodes, user = string.match(known, '^(%d+) (.*)$')
  return tonumber(nodes), user
end
local function write(people, id, nodes, user)
  redis.call('HSET', people, id, string.format('%.0f', nodes) .. ' ' .. user)
end
local function part(people, order, id)
  local nodes, user = read(people, id)
  if nodes > 1 then write(people, id, nodes - 1, user) end
  if nodes ~= 1 then return false end
  redis.call('HDEL', people, id)
  redis.call('ZREM', order, id)
  return true
end
local function here(people, order, from, limit)
  local answer = {redis.call('HLEN', people)}
  local ids = redis.call('ZRANGE', order, from, from + limit - 1)
  if #ids == 0 then return answer end
  for _, known in ipairs(redis.call('HMGET', people, unpack(ids))) do
    if known then answer[#answer + 1] = string.match(known, '^%d+ (.*)$') end
  end
  return answer
end
`;

/** How many people are in a room, then their names (JSON). */
export type FlatPresence = [members: number, ...users: string[]];

/** Puts a person into a room for a process; returns who is there, up to a number of names. */
export const ENTER = new RedisScript<FlatPresence>(`${COMMON}
local people, order, seats, holders = unpack(KEYS)
local seat, id, channel, user, limit, node = unpack(ARGV)
redis.call('SADD', holders, node)
local nodes = read(people, id)
if redis.call('SADD', seats, seat) == 1 or nodes == 0 then
  write(people, id, nodes + 1, user)
  if nodes == 0 then
    local last = redis.call('ZRANGE', order, -1, -1, 'WITHSCORES')
    redis.call('ZADD', order, (last[2] or 0) + 1, id)
    changed(channel)
  end
end
return here(people, order, 0, tonumber(limit))`);

/** Who is in a room, up to a number of names, from one of them on. */
export const HERE = new RedisScript<FlatPresence>(`${COMMON}
return here(KEYS[1], KEYS[2], tonumber(ARGV[1]), tonumber(ARGV[2]))`);

/** As HERE from the first on, or nothing when the process that asks is not known under this run of Redis. */
export const KNOWN = new RedisScript<FlatPresence | null>(`${COMMON}${NODES}
local r = node_in(KEYS[3], ARGV[3])
if not r or r.run ~= ARGV[1] then return false end
return here(KEYS[1], KEYS[2], 0, tonumber(ARGV[2]))`);

/** Takes a person out of a room for a process. */
export const LEAVE = new RedisScript<null>(`${COMMON}
local people, order, seats = KEYS[1], KEYS[2], KEYS[3]
local seat, id, channel = unpack(ARGV)
if redis.call('SREM', seats, seat) == 1 and part(people, order, id) then changed(channel) end
return false`);

/** Takes out some of the people of a silent process; returns whether there may be more. */
export const SWEEP = new RedisScript<0 | 1>(`${COMMON}${NODES}
local nodes, seats, holders = KEYS[1], KEYS[2], KEYS[3]
local node, people_of, order_of, channel_of, limit, silent = unpack(ARGV)
local r = node_in(nodes, node)
if not is_silent(r, silent) then return 0 end
if r then
  -- If it comes back, it learns that its people are gone.
  r.run = '-'
  put_node(nodes, node, r)
end
local batch = redis.call('SPOP', seats, limit)
local rooms = {}
for _, seat in ipairs(batch) do
  local room, id = string.match(seat, '^(.*)\\n(.*)$')
  if part(people_of .. room, order_of .. room, id) then rooms[room] = true end
end
for room in pairs(rooms) do changed(channel_of .. room) end
if #batch == tonumber(limit) then return 1 end
redis.call('SREM', holders, node)
return 0`);
