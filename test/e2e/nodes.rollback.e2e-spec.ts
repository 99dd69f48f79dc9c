import { Stages } from '@switchyard/server';
import { openRedisStore, socketIoAdapter } from '@switchyard/store-redis';
import { HealthWatch } from '../../libs/server/src/health/health.watch.js';
import { AdminClient } from '../harness/admin.client.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { TestRedis } from '../harness/redis.js';
import { TestSloFile } from '../harness/slo.file.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { VaseTaps } from '../toys/vase.taps.js';
import { VaseGateway } from '../toys/vase.toy.js';

describe('the automatic rollback of two processes', () => {
  let redis: TestRedis;
  let way: FaultProxy;
  let slo: TestSloFile;
  /** The first of them decides. */
  let nodes: ToyApp[];
  let admin: AdminClient;
  beforeEach(async () => {
    redis = await TestRedis.start();
    way = await FaultProxy.to(redis.port);
    slo = TestSloFile.of({ thresholds: { calls_failed: { max: 0.005 } }, cool_down_s: 0.1, min_sample: 50 });
    const start = (port: number) =>
      startToys({
        sloFile: slo.path,
        runLeaseMs: 1000,
        providers: [VaseGateway],
        openStore: () => openRedisStore({ url: `redis://127.0.0.1:${port}` }),
        socketIoAdapter,
      });
    nodes = [await start(way.port), await start(redis.port)];
    admin = new AdminClient(nodes[1]!.url);
  });
  afterEach(async () => {
    way.accept();
    await Promise.all(nodes.map((node) => node.close()));
    await way.close();
    await redis.stop();
    slo.remove();
  });

  const fail = async (node: ToyApp) => {
    await VaseTaps.at(node.url);
    node.get(VaseGateway).failEvery = 10;
  };
  const rollbacks = async () => (await admin.audit('vase')).entries.filter(({ by }) => by === 'switchyard');

  it('takes a service back once', async () => {
    await admin.change('vase', { stage: 'canary', percent: 90, force: true });
    for (const node of nodes) await fail(node);
    await until('a service that went back', async () => (await rollbacks()).length > 0);
    await until('a look of both', () =>
      nodes.every((node) => node.get(HealthWatch).of('vase').reason === 'no stage gives clients the new wire'),
    );
    expect(await rollbacks()).toMatchObject([{ from: { stage: 'canary' }, to: { stage: 'legacy', held: true } }]);
  });

  it('goes on at the other process when the one that decides has died', async () => {
    await admin.change('vase', { stage: 'canary', percent: 90, force: true });
    way.refuse();
    way.cutClean();
    await fail(nodes[1]!);
    await until('a service that went back', async () => (await rollbacks()).length > 0);
  });

  it('takes a service back also while a process is silent, for which every question waits', async () => {
    // A question waits for 2 s, so that the windows have to be longer.
    slo.write({ default: { window_s: 2.5, min_sample: 50, thresholds: { calls_failed: { max: 0.005 } } } });
    await until('the longer windows', () => nodes[1]!.get(HealthWatch).of('vase').window_s === 2.5);
    await admin.change('vase', { stage: 'canary', percent: 90, force: true });
    way.halfOpen();
    await fail(nodes[1]!);
    await until('a service that went back', async () => (await rollbacks()).length > 0);
  });

  it('judges nothing while the store is away, and resumes once it is back', async () => {
    await admin.change('vase', { stage: 'canary', percent: 90, force: true });
    const [near] = nodes;
    const state = () => near!.get(HealthWatch).of('vase');
    await until('the canary', () => near!.get(Stages).of('vase').stage === 'canary');
    way.refuse();
    way.cutClean();
    await until('unreadable figures', () => state().reason === 'the figures could not be read');
    way.accept();
    await until('a window that was judged', () => state().reason?.startsWith('too little happened'));
  });
});
