import { openRedisStore } from '@switchyard/store-redis';
import { TestRedis } from '../harness/redis.js';
import { presenceConformance } from './presence.conformance.js';

let redis: TestRedis;
let opened = 0;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterAll(() => redis.stop());

presenceConformance('redis', () => {
  const options = { url: redis.url, prefix: `test-${(opened += 1)}:` };
  return Promise.all([openRedisStore(options), openRedisStore(options)]);
});
