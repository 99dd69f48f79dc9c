import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStore } from '@switchyard/server';
import { openLmdbStore } from '@switchyard/store-lmdb';
import { openRedisStore } from '@switchyard/store-redis';
import { TestRedis } from '../harness/redis.js';
import { keysConformance } from './keys.conformance.js';

const folder = mkdtempSync(join(tmpdir(), 'switchyard-keys-'));
let redis: TestRedis;
let opened = 0;

beforeAll(async () => {
  redis = await TestRedis.start();
});
afterAll(async () => {
  await redis.stop();
  rmSync(folder, { recursive: true });
});

keysConformance('memory', () => Promise.resolve(new MemoryStore()));
keysConformance('LMDB', () => openLmdbStore(join(folder, String((opened += 1)))));
keysConformance('Redis', () => openRedisStore({ url: redis.url, prefix: `test-${(opened += 1)}:` }));
