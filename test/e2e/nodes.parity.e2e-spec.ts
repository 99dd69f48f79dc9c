import type { Mismatch, ParityReport } from '@switchyard/contract';
import { openRedisStore } from '@switchyard/store-redis';
import { openSocket } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { clientNumber } from '../harness/numbered.client.js';
import { TestRedis } from '../harness/redis.js';
import { parityOf, report } from '../harness/service.parity.js';
import { until } from '../harness/until.js';
import { fifthOfBoard } from '../toys/board.canary.js';
import { changeStage } from '../harness/stage.change.js';
import { startToys, type ToyApp, type ToyOptions } from '../toys/toy.app.js';

describe('what two processes compare', () => {
  let redis: TestRedis;
  let way: FaultProxy;
  let near: ToyApp;
  let far: ToyApp;
  beforeEach(async () => {
    redis = await TestRedis.start();
    way = await FaultProxy.to(redis.port);
  });
  afterEach(async () => {
    await Promise.all([near, far].map((node) => node.close()));
    await way.close();
    await redis.stop();
  });

  const start = async (options: ToyOptions) => {
    const open = (port: number) =>
      startToys({ ...options, openStore: () => openRedisStore({ url: `redis://127.0.0.1:${port}` }) });
    [near, far] = await Promise.all([open(redis.port), open(way.port)]);
    for (const { board } of [near, far]) board.open('b');
  };
  const send = (node: ToyApp, n: number, offset: number) => {
    const example: Mismatch = {
      kind: 'missing',
      room: 'board_b',
      name: 'note',
      wire: 'socketio',
      epoch: 'e',
      offset,
      at: new Date().toISOString(),
    };
    const found: ParityReport = {
      service: 'board',
      old: 'legacy',
      new: 'socketio',
      matched: 1,
      mismatches: { missing: 1 },
      shed: 0,
      examples: [example],
    };
    return report(node, clientNumber(n), { parity: [found] });
  };
  const seen = async (node: ToyApp) => {
    const { matched, mismatches, examples } = await parityOf(node, 'board');
    return [matched, mismatches.missing, ...examples.map(({ offset }) => offset!).sort((a, b) => a - b)].join();
  };

  it('is one answer at both, also when the store was away in between', async () => {
    await start({ shadowPercent: 100 });
    await changeStage(near, 'board', { stage: 'shadow', force: true });
    await until(
      'the stage',
      async () => (await report(far, clientNumber(2), { parity: [{ service: 'board' }] as never })).shadows!.board,
    );
    await send(near, 1, 1);
    await send(far, 2, 2);
    await until('both at both', async () => (await seen(near)) === '2,2,1,2' && (await seen(far)) === '2,2,1,2');
    way.refuse();
    way.cutClean();
    await until('the store to be away', async () =>
      parityOf(far, 'board').then(
        () => false,
        () => true,
      ),
    );
    await send(far, 3, 3);
    await expect(parityOf(far, 'board')).rejects.toThrow('store.unavailable');
    way.accept();
    await until('the third at the other', async () => (await seen(near)) === '3,3,1,2,3');
  });

  it('counts the same client of a canary once, and keeps what a process had counted when it stopped', async () => {
    await start({ flagsFile: fifthOfBoard() });
    const share = async (node: ToyApp) => (await parityOf(node, 'board')).share;
    for (const node of [near, far]) expect(await share(node)).toMatchObject({ keys: 0 });
    const come = async ({ url }: ToyApp, n: number) => {
      const auth = { client_id: clientNumber(n), sdk: 'test' };
      const socket = await openSocket(url, '/board', { auth }).connected();
      await socket.call('join_board', { board_id: 'b' });
    };
    for (const [node, n] of [
      [near, 1],
      [far, 1],
      [far, 2],
      [near, 3],
    ] as const)
      await come(node, n);
    await far.close();
    expect(await share(near)).toMatchObject({ keys: 3, observed: 100 });
  });
});
