import { RedisScript } from './redis.script.js';

/*
 * The people of a room are a hash: by the person's id, in how many processes they are and what others are told of them
 * (as JSON). Each process has a set of those it has in rooms, as room and id on two lines.
 */
const COMMON = `
local function tell(channel, event, room, user, people)
  local members = string.format('%.0f', redis.call('HLEN', people))
  local payload = '{"room":' .. room .. ',"user":' .. user .. ',"members":' .. members .. '}'
  redis.call('PUBLISH', channel, table.concat({'', '', '', '', event, '', payload}, '\\n'))
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
local function part(people, id, channel, room)
  local nodes, user = read(people, id)
  if nodes > 1 then return write(people, id, nodes - 1, user) end
  if nodes == 0 then return end
  redis.call('HDEL', people, id)
  tell(channel, 'member_left', room, user, people)
end
local function here(people, limit)
  local answer = {redis.call('HLEN', people)}
  local named = redis.call('HSCAN', people, 0, 'COUNT', limit)[2]
  for i = 2, math.min(#named, limit * 2), 2 do answer[#answer + 1] = string.match(named[i], '^%d+ (.*)$') end
  return answer
end
`;

/** How many people are in a room, then what is told of them (JSON). */
export type FlatPresence = [members: number, ...users: string[]];

/** Renews a process's key, and returns whether it was there under the same run of Redis. */
export const LIVE = new RedisScript<1 | null>(`
local before = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('SADD', KEYS[2], ARGV[1])
return before == ARGV[2]`);

/** Puts a person into a room for a process; returns who is there, with as many of them as asked for. */
export const ENTER = new RedisScript<FlatPresence>(`${COMMON}
local seats, people, swept = KEYS[1], KEYS[2], KEYS[3]
local seat, id, channel, room, user, again, limit = unpack(ARGV)
local nodes = read(people, id)
if redis.call('SADD', seats, seat) == 1 or nodes == 0 then
  write(people, id, nodes + 1, user)
  local isNews = again == '0' or redis.call('EXISTS', swept) == 1
  if nodes == 0 and isNews then tell(channel, 'member_joined', room, user, people) end
end
return here(people, limit)`);

/** Who is in a room, with as many of them as asked for. */
export const HERE = new RedisScript<FlatPresence>(`${COMMON}
return here(KEYS[1], ARGV[1])`);

/** Takes a person out of a room for a process. */
export const LEAVE = new RedisScript<null>(`${COMMON}
if redis.call('SREM', KEYS[1], ARGV[1]) == 1 then part(KEYS[2], ARGV[2], ARGV[3], ARGV[4]) end
return false`);

/** Takes some of the people out whom a dead process had; returns whether there may be more. */
export const SWEEP = new RedisScript<0 | 1>(`${COMMON}
local alive, seats, nodes, swept = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local node, people_of, channel_of, limit, remembered = unpack(ARGV)
if redis.call('EXISTS', alive) == 1 then return 0 end
local batch = redis.call('SPOP', seats, limit)
for _, seat in ipairs(batch) do
  local room, id = string.match(seat, '^(.*)\\n(.*)$')
  part(people_of .. room, id, channel_of .. room, cjson.encode(room))
end
if #batch == tonumber(limit) then return 1 end
redis.call('SREM', nodes, node)
redis.call('SET', swept, '1', 'PX', remembered)
return 0`);
