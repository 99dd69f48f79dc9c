import { openRedisStore } from '@switchyard/store-redis';
import { TestRedis } from '../harness/redis.js';
import { leaseConformance } from './lease.conformance.js';
import { limitConformance, sharedLimitConformance } from './limit.conformance.js';
import { processesConformance } from './processes.conformance.js';
import { seriesConformance, sharedSeriesConformance } from './series.conformance.js';
import { storeConformance } from './store.conformance.js';

/** The number of interleavings; `STORE_RUNS=10000 npm test -- test/conformance/redis` tries more. */
const RUNS = Number(process.env.STORE_RUNS ?? 500);

let redis: TestRedis;
let opened = 0;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterAll(() => redis.stop());

const open = () => openRedisStore({ url: redis.url, prefix: `test-${(opened += 1)}:` });
const openTwice = async () => {
  const options = { url: redis.url, prefix: `test-${(opened += 1)}:` };
  return Promise.all([openRedisStore(options), openRedisStore(options)]);
};

storeConformance('redis', open, RUNS);
processesConformance('redis', openTwice);
leaseConformance('redis', openTwice);
limitConformance('redis', open);
sharedLimitConformance('redis', openTwice);
seriesConformance('redis', open);
sharedSeriesConformance('redis', openTwice);
