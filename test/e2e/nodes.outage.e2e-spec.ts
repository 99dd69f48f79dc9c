import { RoomPublisher, openRedisStore, type RedisStore } from '@switchyard/store-redis';
import { Redis } from 'ioredis';
import { TestRedis } from '../harness/redis.js';
import { board } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const HOUR_MS = 3_600_000;

describe('after a failure of Redis', () => {
  let redis: TestRedis;
  let operator: Redis;
  let store: RedisStore;
  let toys: ToyApp | undefined;
  beforeEach(async () => {
    redis = await TestRedis.start();
    operator = new Redis(redis.url);
    store = await openRedisStore({ url: redis.url });
    toys = undefined;
  });
  afterEach(async () => {
    await toys?.close();
    await store.close();
    operator.disconnect();
    await redis.stop();
  });

  // It answers but refuses writes: commands fail, and Redis does not look away.
  const refuseWrites = () => operator.config('SET', 'maxmemory', '1');
  const takeWrites = () => operator.config('SET', 'maxmemory', '0');
  const recorded = async () => (await store.documents.list<{ room: string }>('rooms')).map(({ room }) => room);

  it('a query that failed still counts against its limit', async () => {
    const budget = store.limits.limiter('calls', { limit: 3, window_ms: HOUR_MS });
    await refuseWrites();
    const waits: number[] = [];
    for (let n = 0; n < 4; n += 1) waits.push(await budget.consume('ann'));
    expect(waits.slice(0, 3)).toEqual([0, 0, 0]);
    expect(waits[3]).toBeGreaterThan(0);
    expect(await budget.consume('bob')).toBe(0);
    // A refused caller keeps waiting, even when Redis could now accept it.
    await takeWrites();
    expect(await budget.consume('ann')).toBeGreaterThan(0);
  });

  it("a room's record is written with the next event when the write with the first one failed", async () => {
    toys = await startToys({ openStore: () => openRedisStore({ url: redis.url }) });
    toys.board.open('b');
    await refuseWrites();
    await expect(toys.board.post({ board_id: 'b', text: 'lost' })).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(await recorded()).toEqual([]);
    await takeWrites();
    await toys.board.post({ board_id: 'b', text: 'kept' });
    expect(await recorded()).toEqual(['board_b']);
  });

  it("a room's record is written with the next event of a publisher when the write with the first one failed", async () => {
    const publisher = new RoomPublisher({ redisUrl: redis.url });
    try {
      const publish = () => publisher.publish(board, 'b', 'note', { id: 1, text: 'a note' });
      await refuseWrites();
      await expect(publish()).rejects.toMatchObject({ code: 'store.unavailable' });
      await takeWrites();
      await publish();
      expect(await recorded()).toEqual(['board_b']);
    } finally {
      await publisher.close();
    }
  });
});
