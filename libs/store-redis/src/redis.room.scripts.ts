import type { Resumption } from '@switchyard/server/store';
import { WRITE } from './redis.document.scripts.js';
import { HISTORY, type FlatHistory } from './redis.node.scripts.js';
import { RedisScript } from './redis.script.js';

/*
 * A room is one stream, so that Redis evicts all of it or nothing. The entry at offset n has the id `n-1` and the fields
 * e(poch), n(ame), p(ayload), t(ime), in this order, and the a(ddressee) when it is for one user only. The first entry of
 * a stream is the room's base: the last one that was trimmed, or one without a name. The origin key holds the epoch of the
 * next entry, when that is not the epoch of the last one: for a room without a log, or after the log has lost its end.
 *
 * The text of an epoch begins with the id of the history it was made in. No entry is added to an epoch of another history.
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

/** An entry as scripts return it; the user is JSON text, empty when it is for everybody. */
export type FlatEntry = [offset: string, epoch: string, name: string, payload: string, at: string, user: string];
/** A position, and its history. */
export type FlatPosition = [epoch: string, offset: number, ...history: FlatHistory];

/**
 * Assigns the offset, appends, trims, writes documents and publishes the entry, all or nothing. When a write expects
 * another document, it does nothing and returns the number of that write.
 */
export const APPEND = new RedisScript<FlatPosition | number>(`${COMMON}${WRITE}
local refusal = refused(5, 13)
if refusal then return refusal end
local log, origin, record, mark = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local run, known, count, anew, minted, channel, node, keep, event, payload, at, user = unpack(ARGV, 1, 12)
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
if user ~= '' then fields[9], fields[10] = 'a', user end
redis.call('XADD', log, 'MAXLEN', '=', keep + 1, id(offset), unpack(fields))
if wanted then redis.call('DEL', origin) end
write(5, 13)
local message = {node, epoch, string.format('%.0f', offset), at, event, user, payload}
redis.call('PUBLISH', channel, table.concat(message, '\\n'))
return {epoch, offset, history, advanced}`);

/** The position of the last entry, or where a room without a log begins. */
export const HEAD = new RedisScript<FlatPosition>(`${COMMON}
local log, origin, record, mark = unpack(KEYS)
local run, known, count, anew, minted, seconds = unpack(ARGV)
local entry = last(log)
-- This writes nothing, so it also works on a server that takes no writes.
if entry then return {epoch_of(entry), offset_of(entry), '', 0} end
local history, at = history_of(record, mark, run, known, count, anew)
return {start(origin, history, history .. '.' .. minted, seconds), 0, history, at}`);

/** Every entry after a position; nothing when it is not valid or the replay exceeds the limits (-1 is no limit). */
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

/** Where a client resumes whose position is not valid, and what lies between; see `ClusterRooms.resume`. */
export const RESUME = new RedisScript<[between: Resumption['between'], ...at: FlatPosition]>(`${COMMON}
local log, origin, record, mark = unpack(KEYS)
local run, known, count, anew, minted, seconds, offset, epoch = unpack(ARGV)
offset = tonumber(offset)
local history, at = history_of(record, mark, run, known, count, anew)
local fresh = history .. '.' .. minted
local head = last(log)
if not head then return {'unknown', start(origin, history, fresh, seconds), 0, history, at} end
-- The log lost its end within one history: the next entry begins a new epoch, so that no lost position names it.
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
