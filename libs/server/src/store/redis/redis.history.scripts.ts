import { RedisScript } from './redis.script.js';

/** What a history is known by: its id, and how far its count has come. */
export type FlatHistory = [id: string, count: number];

/*
 * The data's history is a hash: its id, the run of the server that it went on under, and a count that each append
 * advances, so that it is higher in a later copy of the data than in an earlier one. It never goes down, not even when a
 * new history begins.
 *
 * The mark shows that the data was put in place of other data within the same run (`DEBUG RELOAD`, a full
 * synchronisation): a string made by SETRANGE is kept as `raw`, and as `embstr` once it was loaded from a copy.
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
-- The history as it is, or a new one when this is not what \`known\` and \`count\` belong to, or what came before it.
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

/**
 * Says that a process is there, for some ms, and returns the history. One that has just come and finds no other begins a
 * new history: nobody can say that the data is not older than it was.
 */
export const ATTEND = new RedisScript<FlatHistory>(`${HISTORY}
local record, mark, nodes = KEYS[1], KEYS[2], KEYS[3]
local run, known, count, fresh, node, ttl, has_attended = unpack(ARGV)
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', nodes, '-inf', string.format('%.0f', now))
local is_alone = has_attended == '0' and redis.call('ZCARD', nodes) == 0
redis.call('ZADD', nodes, string.format('%.0f', now + ttl), node)
local id, at = history_of(record, mark, run, known, count, fresh)
if is_alone and id ~= fresh then id, at = begin_history(record, mark, run, at + 1, fresh) end
return {id, at}`);
