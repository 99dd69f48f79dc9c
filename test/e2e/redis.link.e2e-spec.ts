import { openRedisStore } from '@switchyard/store-redis';
import { Redis } from 'ioredis';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';

const MEMBER = { event: 'note', payload: '{}', at: 1 };

describe('the connection to Redis', () => {
  let redis: TestRedis;
  let operator: Redis;
  const url = () => redis.url.replace('//', '//application:secret@');
  beforeAll(async () => {
    redis = await TestRedis.start();
    operator = new Redis(redis.url);
  });
  beforeEach(() => operator.acl('SETUSER', 'application', 'on', '>secret', '~*', '&*', '+@all'));
  afterAll(async () => {
    operator.disconnect();
    await redis.stop();
  });

  it('is opened again when Redis did not give its run id the first time', async () => {
    const store = await openRedisStore({ url: url() });
    try {
      await store.rooms.append('room', MEMBER, 10);
      await operator.acl('SETUSER', 'application', '-info');
      await operator.client('KILL', 'USER', 'application');
      // The store has been refused once it reports Redis as away.
      await until('a refusal', () =>
        store.rooms.head('room').then(
          () => false,
          () => true,
        ),
      );
      await operator.acl('SETUSER', 'application', '+info');
      await until('the store back', () => store.ready());
      expect(await store.rooms.append('room', MEMBER, 10)).toMatchObject({ offset: 2 });
    } finally {
      await store.close();
    }
  });
});
