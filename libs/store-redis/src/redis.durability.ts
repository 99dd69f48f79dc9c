import type { Redis } from 'ioredis';

const FSYNC: Readonly<Record<string, string>> = {
  always: 'An acknowledged write is on the disk of Redis (appendfsync always).',
  everysec:
    'An acknowledged write survives this process; a crash of Redis may take the last second (appendfsync everysec).',
  no: 'An acknowledged write survives this process; a crash of the machine of Redis may take what its system had not written yet (appendfsync no).',
};
const IN_MEMORY = 'An acknowledged write survives this process but not Redis, which keeps nothing on disk.';
const SNAPSHOTS =
  'An acknowledged write survives this process; a crash of Redis takes what came after its last snapshot (appendonly no).';
const UNKNOWN =
  'An acknowledged write survives this process; Redis does not tell what it keeps on disk (CONFIG is not allowed).';

/** What an acknowledged write survives as Redis is configured now, in one or two sentences for people. */
export async function durabilityOf(redis: Redis): Promise<string> {
  let settings: Record<string, string>;
  try {
    settings = pairs(await redis.config('GET', 'append*'));
    Object.assign(settings, pairs(await redis.config('GET', 'save')));
    Object.assign(settings, pairs(await redis.config('GET', 'maxmemory*')));
  } catch {
    return UNKNOWN;
  }
  const { appendonly, appendfsync = '', save, maxmemory, 'maxmemory-policy': policy } = settings;
  const kept = appendonly === 'yes' ? (FSYNC[appendfsync] ?? UNKNOWN) : save ? SNAPSHOTS : IN_MEMORY;
  if (maxmemory === '0' || policy === 'noeviction') return kept;
  return `${kept} It may drop any of it for want of memory (maxmemory-policy ${policy}).`;
}

function pairs(list: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (let at = 0; at + 1 < list.length; at += 2) found[list[at]!] = list[at + 1]!;
  return found;
}
