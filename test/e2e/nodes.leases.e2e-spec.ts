import { openRedisStore, RunLeases, type RedisStore } from '@switchyard/server';
import { TestRedis } from '../harness/redis.js';

/** Short, so that what a process looks for now and then is looked for often. */
const LEASE_MS = 300;
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

  it('have a run ended that lost what would have worked on it, and no other', async () => {
    const [a, b] = nodes as [RunLeases, RunLeases];
    await a.hold(SERVICE, 'going');
    let looks = 0;
    const ended: string[] = [];
    const keep = (node: RunLeases, unfinished: () => string[], end: (id: string) => void) =>
      node.keep({
        service: SERVICE,
        unfinished: () => Promise.resolve(unfinished()),
        end: (id) => Promise.resolve(end(id)),
        lost: (id) => void ended.push(`${id} was lost`),
      });
    await keep(
      a,
      () => [],
      () => undefined,
    );
    // As if the queue of jobs had lost one after the process had started, and another were seen at a bad moment.
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
