import { RunLeases } from '@switchyard/server';
import { openRedisStore, type RedisStore } from '@switchyard/store-redis';
import { FaultProxy } from '../harness/fault-proxy.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';

/** Short, so that periodic checks run often, and longer than a busy process is blocked. */
const LEASE_MS = 600;
const SERVICE = 'kiln';

describe('the leases of runs on two nodes', () => {
  let redis: TestRedis;
  let stores: RedisStore[];
  let nodes: RunLeases[];
  beforeEach(async () => {
    redis = await TestRedis.start();
    stores = await Promise.all([0, 1].map(() => openRedisStore({ url: redis.url })));
    nodes = stores.map((store) => new RunLeases(store, { runLeaseMs: LEASE_MS }));
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.beforeApplicationShutdown()));
    await Promise.all(stores.map((store) => store.close()));
    await redis.stop();
  });

  it('are sure again as soon as Redis is back', async () => {
    const proxy = await FaultProxy.to(redis.port);
    const store = await openRedisStore({ url: `redis://127.0.0.1:${proxy.port}` });
    // Long, so that a process that waited for its next check would not be sure yet.
    const node = new RunLeases(store, { runLeaseMs: 3000 });
    const nothing = async () => undefined;
    await node.watchOrphans({
      service: SERVICE,
      unfinished: async () => [],
      isUnfinished: async () => false,
      end: nothing,
      lost: nothing,
    });
    const publish = () => node.publish(SERVICE, 'going', false, async () => true).catch(() => false);
    expect(await publish()).toBe(true);
    proxy.refuse();
    proxy.cutClean();
    await until('a process that is not sure', async () => !(await publish()));
    proxy.accept();
    await until('the store back', () => store.ready());
    expect(await publish()).toBe(true);
    await node.beforeApplicationShutdown();
    await store.close();
    await proxy.close();
  });

  it('end a run that has lost its job or its process, and no other', async () => {
    const [a, b] = nodes as [RunLeases, RunLeases];
    await a.hold(SERVICE, 'going');
    let looks = 0;
    const ended: string[] = [];
    const keep = (node: RunLeases, unfinished: () => string[], end: (id: string) => void) =>
      node.watchOrphans({
        service: SERVICE,
        unfinished: () => Promise.resolve(unfinished()),
        isUnfinished: (id) => Promise.resolve(unfinished().includes(id)),
        end: (id) => Promise.resolve(end(id)),
        lost: (id) => void ended.push(`${id} was lost`),
      });
    await keep(
      a,
      () => [],
      () => undefined,
    );
    // As if the job queue had lost one job after the start, and a check had seen another at a bad moment.
    await new Promise<void>((resolve) => {
      void keep(
        b,
        () => [...(looks > 0 ? ['idle'] : []), 'going', ...((looks += 1) === 2 ? ['just begun'] : [])],
        (id) => {
          ended.push(id);
          resolve();
        },
      );
    });
    expect(ended).toEqual(['idle']);
    expect(looks).toBeGreaterThanOrEqual(3);
  });
});
