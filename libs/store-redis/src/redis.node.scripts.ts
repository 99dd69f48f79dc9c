import { RedisScript } from './redis.script.js';

/** A new process is not alone while another was heard of within this time, in ms. */
const ALIVE_MS = 5000;
/** When the record of a dead process is deleted, in ms: long after all others have noticed. */
const FORGET_AFTER_MS = 24 * 3_600_000;

/** The id and the count of a history. */
export type FlatHistory = [id: string, count: number];

/*
 * The data's history is a hash: its id, the run of the server under which it continues, and a count that each append
 * advances, so that a later copy of the data has a higher count. The count never goes down, not even when a new history
 * begins.
 *
 * The mark shows that a copy replaced the data within the same run (`DEBUG RELOAD`, a full synchronisation): a string made
 * by SETRANGE has the encoding `raw`, and `embstr` once it was loaded from a copy.
 */
export const HISTORY = `
local function encoding(mark)
  local found = redis.pcall('OBJECT', 'ENCODING', mark)
  return type(found) == 'table' and 'unknown' or found
end
local function begin_history(record, mark, run, count, fresh)
  redis.call('DEL', mark)
  redis.call('SETRANGE', mark, 0, 'x')
  local marked = encoding(mark) == 'raw' and '1' or '0'
  redis.call('HSET', record, 'id', fresh, 'run', run, 'count', string.format('%.0f', count), 'marked', marked)
  return fresh, count
end
-- The present history, or a new one: when the server's run or the mark has changed, when the present count is below
-- \`count\`, or when it equals \`count\` and the present id is not \`known\`.
local function history_of(record, mark, run, known, count, fresh)
  local id, its_run, its_count, marked = unpack(redis.call('HMGET', record, 'id', 'run', 'count', 'marked'))
  its_count, count = tonumber(its_count or 0), tonumber(count)
  local goes_on = id and its_run == run
    and (its_count > count or its_count == count and (known == '' or known == id))
  if goes_on and marked == '1' then
    local now = encoding(mark)
    goes_on = now == 'raw' or now == 'unknown'
  end
  if goes_on then return id, its_count end
  return begin_history(record, mark, run, math.max(its_count, count) + 1, fresh)
end
`;

/*
 * The nodes are a hash with a record for each process: when it was last heard of (Unix ms by Redis's clock), the run of the
 * server that heard it, how often its link had returned, and a mark: `left`, `closed`, or none. The run is `-` once the
 * people of the process were taken out of their rooms.
 */
export const NODES = `
local function now_ms()
  local clock = redis.call('TIME')
  return clock[1] * 1000 + math.floor(clock[2] / 1000)
end
local function node_in(nodes, node)
  local record = redis.call('HGET', nodes, node)
  if not record then return nil end
  local at, run, returns, mark = string.match(record, '^(%d+) (%S+) (%d+) (%a*)$')
  return {at = tonumber(at), run = run, returns = returns, mark = mark}
end
local function put_node(nodes, node, r)
  redis.call('HSET', nodes, node, string.format('%.0f', r.at) .. ' ' .. r.run .. ' ' .. r.returns .. ' ' .. r.mark)
end
local function is_silent(r, ms) return not r or now_ms() - r.at >= tonumber(ms) end
`;

/**
 * Records that a process is alive; returns whether the store still knew it under this run of the server, and the history.
 * The first beat of a process begins a new history when no other process is alive: then nobody knows whether the data has
 * gone back to an older copy.
 */
export const BEAT = new RedisScript<[isRemembered: 0 | 1, ...history: FlatHistory]>(`${HISTORY}${NODES}
local record, mark, nodes = KEYS[1], KEYS[2], KEYS[3]
local run, known, count, fresh, node, returns, is_first = unpack(ARGV)
local now, is_alone = now_ms(), is_first == '1'
if is_alone then
  for _, other in ipairs(redis.call('HKEYS', nodes)) do
    local r = node_in(nodes, other)
    if now - r.at > ${String(FORGET_AFTER_MS)} then redis.call('HDEL', nodes, other)
    elseif now - r.at < ${String(ALIVE_MS)} and r.mark ~= 'closed' then is_alone = false end
  end
end
local before = node_in(nodes, node)
put_node(nodes, node, {at = now, run = run, returns = returns, mark = before and before.mark or ''})
local id, at = history_of(record, mark, run, known, count, fresh)
if is_alone and id ~= fresh then id, at = begin_history(record, mark, run, at + 1, fresh) end
return {before and before.run == run and 1 or 0, id, at}`);

/** Marks a process that leaves or closes, if it is known. */
export const MARK_NODE = new RedisScript<null>(`${NODES}
local r = node_in(KEYS[1], ARGV[1])
if r then
  r.mark = ARGV[2]
  put_node(KEYS[1], ARGV[1], r)
end
return false`);

/** How long each process has been silent, in ms, -1 for one that is not known, and its mark. */
export const SILENCES = new RedisScript<[silent_ms: number, mark: '' | 'left' | 'closed'][]>(`${NODES}
local now, silences = now_ms(), {}
for i, node in ipairs(ARGV) do
  local r = node_in(KEYS[1], node)
  silences[i] = r and {now - r.at, r.mark} or {-1, ''}
end
return silences`);
