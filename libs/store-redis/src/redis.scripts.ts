import type { Resumption } from '@switchyard/server/store';
import { HISTORY, NODES, type FlatHistory } from './redis.node.scripts.js';
import { RedisScript } from './redis.script.js';

/*
 * A room is one stream, so that Redis evicts all of it or nothing. The entry at offset n has the id `n-1` and the fields
 * e(poch), n(ame), p(ayload), t(ime), in this order, and an a(ddressee), the only user it is for, if it has one. The first entry of a stream is the
 * room's base: the last one that was trimmed, or one without a name. The origin key holds the epoch that the next entry
 * begins: that of a room without a log, or one that was called for because the log had lost its end.
 *
 * An epoch begins with the history it was made in. One that does not is not gone on with.
 */
const COMMON = `${HISTORY}
local function offset_of(entry) return tonumber(string.match(entry[1], '^%d+')) end
local function epoch_of(entry) return entry[2][2] end
local function id(offset) return string.format('%.0f-1', offset) end
local function last(log) return redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1] end
local function is_of(epoch, history) return epoch and string.sub(epoch, 1, #history + 1) == history .. '.' end
local function base(log, offset, epoch) redis.call('XADD', log, id(offset), 'e', epoch, 'n', '', 'p', '', 't', '0') end
local function start(origin, history, fresh, seconds)
  local epoch = redis.call('GET', origin)
  if is_of(epoch, history) then redis.call('EXPIRE', origin, seconds) return epoch end
  redis.call('SET', origin, fresh, 'EX', seconds)
  return fresh
end
`;

/**
 * Puts and deletes documents: KEYS from `first` on are the collections' hashes, ARGV from `at` on the ids, the values and
 * what is expected. `refused` is to be asked before anything is written, as a script is not undone.
 */
const WRITE = `
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

/** An entry as scripts return it; the user is JSON text, empty when it is for everybody. */
export type FlatEntry = [offset: string, epoch: string, name: string, payload: string, at: string, user: string];
/** A position, and the history it is of. */
export type FlatPosition = [epoch: string, offset: number, ...history: FlatHistory];

/**
 * Assigns the offset, appends, trims, writes documents and tells every process, all or nothing; returns the number of
 * the write that expects another document instead.
 */
export const APPEND = new RedisScript<FlatPosition | number>(`${COMMON}${WRITE}
local refusal = refused(5, 13)
if refusal then return refusal end
local log, origin, record, mark = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local run, known, count, anew, minted, channel, node, keep, event, payload, at, audience = unpack(ARGV, 1, 12)
local history = history_of(record, mark, run, known, count, anew)
local advanced = redis.call('HINCRBY', record, 'count', 1)
local wanted = redis.call('GET', origin)
local before = last(log)
local offset, epoch = 0, history .. '.' .. minted
if is_of(wanted, history) then epoch = wanted
elseif before and not wanted and is_of(epoch_of(before), history) then epoch = epoch_of(before) end
if before then offset = offset_of(before) else base(log, 0, epoch) end
offset = offset + 1
local fields = {'e', epoch, 'n', event, 'p', payload, 't', at}
if audience ~= '' then fields[9], fields[10] = 'a', audience end
redis.call('XADD', log, 'MAXLEN', '=', keep + 1, id(offset), unpack(fields))
if wanted then redis.call('DEL', origin) end
write(5, 13)
local said = {node, epoch, string.format('%.0f', offset), at, event, audience, payload}
redis.call('PUBLISH', channel, table.concat(said, '\\n'))
return {epoch, offset, history, advanced}`);

/** The position of the last entry, or where a room without a log begins. */
export const HEAD = new RedisScript<FlatPosition>(`${COMMON}
local log, origin, record, mark = unpack(KEYS)
local run, known, count, anew, minted, seconds = unpack(ARGV)
local entry = last(log)
-- Without more, so that a server that takes no writes can still be read.
if entry then return {epoch_of(entry), offset_of(entry), '', 0} end
local history, at = history_of(record, mark, run, known, count, anew)
return {start(origin, history, history .. '.' .. minted, seconds), 0, history, at}`);

/** Every entry after a position; nothing when it is not valid or the limits (-1 is none) do not suffice. */
export const READ = new RedisScript<FlatEntry[] | null>(`${COMMON}
local log, origin = KEYS[1], KEYS[2]
local since, epoch, events, bytes = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local base = redis.call('XRANGE', log, id(since), '+', 'COUNT', 1)[1]
if not base then
  if since == 0 and redis.call('EXISTS', log) == 0 and redis.call('GET', origin) == epoch then return {} end
  return false
end
if offset_of(base) ~= since or epoch_of(base) ~= epoch then return false end
local found, size, after = {}, 0, base[1]
while true do
  local page = redis.call('XRANGE', log, '(' .. after, '+', 'COUNT', 100)
  for _, entry in ipairs(page) do
    local fields = entry[2]
    size = size + #fields[6]
    if events >= 0 and #found >= events or bytes >= 0 and size > bytes then return false end
    local offset = string.format('%.0f', offset_of(entry))
    found[#found + 1] = {offset, fields[2], fields[4], fields[6], fields[8], fields[10] or ''}
    after = entry[1]
  end
  if #page < 100 then return found end
end`);

/** Where a log goes on for somebody who is at a position it does not know, and what lies between. */
export const RESUME = new RedisScript<[between: Resumption['between'], ...at: FlatPosition]>(`${COMMON}
local log, origin, record, mark = unpack(KEYS)
local run, known, count, anew, minted, seconds, offset, epoch = unpack(ARGV)
offset = tonumber(offset)
local history, at = history_of(record, mark, run, known, count, anew)
local fresh = history .. '.' .. minted
local head = last(log)
if not head then return {'unknown', start(origin, history, fresh, seconds), 0, history, at} end
-- The log lost its end and the history goes on: what was seen of it must not come to belong to other entries.
if epoch_of(head) == epoch and offset_of(head) < offset then redis.call('SET', origin, fresh) end
local before = id(offset)
while true do
  local page = redis.call('XREVRANGE', log, before, '-', 'COUNT', 100)
  for _, entry in ipairs(page) do
    if epoch_of(entry) == epoch then return {'events', epoch, offset_of(entry), history, at} end
    before = '(' .. entry[1]
  end
  if #page < 100 then break end
end
local first = redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1]
local was_emptied = first[2][4] == '' and offset_of(first) == offset
return {was_emptied and 'nothing' or 'events', epoch_of(first), offset_of(first), history, at}`);

/** Drops every entry and begins a new epoch; numbering goes on. */
export const CLEAR = new RedisScript<FlatPosition>(`${COMMON}
local log, origin, record, mark = unpack(KEYS)
local run, known, count, anew, minted, seconds = unpack(ARGV)
local history, at = history_of(record, mark, run, known, count, anew)
local fresh = history .. '.' .. minted
local before = last(log)
redis.call('DEL', log, origin)
if before then
  base(log, offset_of(before), fresh)
  return {fresh, offset_of(before), history, at}
end
redis.call('SET', origin, fresh, 'EX', seconds)
return {fresh, 0, history, at}`);

/**
 * Puts and deletes documents, all or none, and tells every process on the channels that come after node and count;
 * returns the number of the write that expects another document instead.
 */
export const WRITE_DOCUMENTS = new RedisScript<number | null>(`${WRITE}
local channels = tonumber(ARGV[2])
local refusal = refused(1, channels + 3)
if refusal then return refusal end
write(1, channels + 3)
for i = 3, channels + 2 do redis.call('PUBLISH', ARGV[i], ARGV[1]) end
return false`);

/** Begins a call unless it is known; returns what is known. */
export const BEGIN_CALL = new RedisScript<string | null>(`
local known = redis.call('GET', KEYS[1])
if known then return known end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false`);

/** Records a call's reply for what is left of its time. */
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

/** Whether an owner has its lease, which it takes again if nobody has it and it was not seized. */
export const KEEP_LEASE = new RedisScript<0 | 1>(`
local holder = redis.call('HGET', KEYS[1], ARGV[1])
if holder == ARGV[2] then return 1 end
if holder or redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`);

/** Gives the lease of an owner that is dead to another, and keeps for a while that it did. */
export const SEIZE_LEASE = new RedisScript<0 | 1>(`${NODES}
local leases, nodes, seized = unpack(KEYS)
local key, owner, from, from_node, silent, seconds = unpack(ARGV)
if redis.call('HGET', leases, key) ~= from then return 0 end
local r = node_in(nodes, from_node)
if not is_silent(r, silent) and r.mark == '' then return 0 end
redis.call('HSET', leases, key, owner)
redis.call('SET', seized, '1', 'PX', seconds)
return 1`);

/** Gives a lease back if it is the owner's. */
export const RELEASE_LEASE = new RedisScript<null>(`
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end
return false`);
