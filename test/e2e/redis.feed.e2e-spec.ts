import { Logger } from '@nestjs/common';
import { openRedisStore } from '@switchyard/store-redis';
import { Redis } from 'ioredis';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';

describe('a message between processes through Redis', () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(true));

  it('ends no process when it is malformed, and events that may be missing are fetched', async () => {
    const redis = await TestRedis.start();
    const operator = new Redis(redis.url);
    const [here, there] = await Promise.all([openRedisStore({ url: redis.url }), openRedisStore({ url: redis.url })]);
    try {
      const received: unknown[] = [];
      let checked!: () => void;
      const looks = new Promise<void>((resolve) => (checked = resolve));
      const arrives = new Promise<void>((resolve) => {
        void here.rooms.follow('room', {
          appended: ({ payload }) => {
            received.push(JSON.parse(payload));
            resolve();
          },
          volatilePublished: (_, payload) => received.push(JSON.parse(payload)),
          check: () => checked(),
        });
      });
      const channels = async () => (await operator.pubsub('CHANNELS', '*room')) as string[];
      const channel = (await until('a channel', async () => (await channels())[0]))!;
      await operator.publish(channel, 'nonsense');
      await there.rooms.append('room', { event: 'e', payload: '{"n":1}', at: 1 }, 10);
      await Promise.all([looks, arrives]);
      expect(received).toEqual([{ n: 1 }]);
    } finally {
      operator.disconnect();
      await Promise.all([here.close(), there.close()]);
      await redis.stop();
    }
  });
});
