import {
  MAX_COUNTERS,
  MAX_MINUTES,
  type MinuteCounts,
  type SeriesStore,
  checkCounts,
  keyPart,
  textOfKeyPart,
} from '@switchyard/server/store';
import type { RedisKeys } from './redis.keys.js';
import type { RedisLink } from './redis.link.js';
import { ADD_COUNTS } from './redis.series.scripts.js';

/** How long the counts of a minute stay when nothing is added to the series, in seconds. */
const KEPT_S = (MAX_MINUTES + 60) * 60;

/** Counters by minute in Redis: a hash for each minute of a series, and a sorted set with the minutes that it has. */
export class RedisSeries implements SeriesStore {
  constructor(
    private readonly link: RedisLink,
    private readonly keys: RedisKeys,
  ) {}

  async add(series: string, minute: number, counts: Readonly<Record<string, number>>): Promise<void> {
    checkCounts(series, minute, counts);
    const keys = [this.keys.series(series), this.keys.minute(series, minute)];
    const limits = [MAX_MINUTES, MAX_COUNTERS, KEPT_S];
    const added = Object.entries(counts).flatMap(([name, count]) => [keyPart(name), count]);
    const args = [this.keys.minute(series, ''), minute, ...limits, ...added];
    await this.link.write((redis) => ADD_COUNTS.run(redis, keys, args), false);
  }

  read(series: string, from: number, to: number): Promise<MinuteCounts[]> {
    return this.link.use(async (redis) => {
      const minutes = await redis.zrangebyscore(this.keys.series(series), from, to);
      const hashes = await Promise.all(minutes.map((minute) => redis.hgetall(this.keys.minute(series, minute))));
      const read = minutes.map((minute, index) => ({ minute: Number(minute), counts: countsIn(hashes[index]!) }));
      // A hash may have expired before its minute left the set.
      return read.filter(({ counts }) => Object.keys(counts).length > 0);
    });
  }
}

function countsIn(hash: Record<string, string>): Record<string, number> {
  return Object.fromEntries(Object.entries(hash).map(([name, count]) => [textOfKeyPart(name), Number(count)]));
}
