import type { ErrorBody, JoinReply } from '@switchyard/contract';
import { Stages } from '@switchyard/server';
import { openRedisStore, socketIoAdapter } from '@switchyard/store-redis';
import { AdminClient } from '../harness/admin.client.js';
import { openSocket, openWs } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { TestRedis } from '../harness/redis.js';
import { figuresOf } from '../harness/service.figures.js';
import { changeStage } from '../harness/stage.change.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { startNodes } from '../toys/toy.nodes.js';

describe('two processes', () => {
  let redis: TestRedis;
  let nodes: [ToyApp, ToyApp];
  beforeAll(async () => {
    redis = await TestRedis.start();
    nodes = await startNodes(redis);
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await redis.stop();
  });

  it('announce a change of stage to the clients of both, and count the connections of both', async () => {
    const [a, b] = nodes;
    await changeStage(a, 'board', { stage: 'socketio', force: true });
    const sockets = await Promise.all(nodes.map(({ url }) => openSocket(url, '/board').connected()));
    await changeStage(a, 'board', { stage: 'legacy' });
    for (const socket of sockets) expect(await socket.next('transport_switch')).toMatchObject([{ to: 'legacy' }]);
    expect((await figuresOf(b, 'board')).clients).toEqual({ socketio: 2 });
  });

  it('count a failed move once, whichever is told of it, until the client arrives at another one', async () => {
    const [a, b] = nodes;
    const client_id = 'client-number-000007';
    for (const { board } of nodes) board.open('b');
    const old = await openWs(a.url, `/api/boards/b/ws?switchyard=1&client_id=${client_id}`).opened();
    await old.waitFor((frame) => frame.includes('joined'));
    await changeStage(b, 'board', { stage: 'socketio', force: true });
    await old.waitFor((frame) => frame.includes('transport_switch'));
    const effect = async () => (await new AdminClient(a.url).audit('board')).entries[0]!.effect;
    const report = ({ url }: ToyApp) =>
      fetch(`${url}/realtime/stats?client_id=${client_id}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ counts: { 'board/socketio/moves_failed/wire.lost': 1 } }),
      });
    await report(b);
    await until('the failure', async () => (await effect()).failed === 1);
    const { epoch, offset } = (await (await fetch(`${b.url}/realtime/rooms/board/b`)).json()) as JoinReply;
    const socket = await openSocket(b.url, '/board', { auth: { client_id } }).connected();
    await socket.call('join_board', { board_id: 'b', since: { epoch, offset } });
    await until('the arrival', async () => (await effect()).failed === undefined);
    expect(await effect()).toMatchObject({ moved: 1 });
  });
});

it('a process that missed a change and the way back tells a client that still follows the missed one', async () => {
  const redis = await TestRedis.start();
  const way = await FaultProxy.to(redis.port);
  const start = (port: number) =>
    startToys({ openStore: () => openRedisStore({ url: `redis://127.0.0.1:${port}` }), socketIoAdapter });
  const nodes = await Promise.all([start(redis.port), start(way.port)]);
  const [a, b] = nodes;
  try {
    b.board.open('b');
    way.refuse();
    way.cutClean();
    await changeStage(a, 'board', { stage: 'socketio', force: true });
    // Here a page reads at the first process that it should use the new wire.
    const { updated_at } = await changeStage(a, 'board', { stage: 'legacy' });
    way.accept();
    await until('both changes', () => b.get(Stages).of('board').updated_at === updated_at);
    const socket = await openSocket(b.url, '/board', { auth: { sdk: '1.0.0' } }).connected();
    await socket.call('join_board', { board_id: 'b' });
    expect(await socket.next('transport_switch')).toMatchObject([{ to: 'legacy' }]);
  } finally {
    await Promise.all(nodes.map((node) => node.close()));
    await way.close();
    await redis.stop();
  }
});

it('a service is not retired while a client is connected to the old wire of another process', async () => {
  const redis = await TestRedis.start();
  // What was seen a moment ago is long over; only an open connection counts.
  const [a, b] = await startNodes(redis, { retireAfterDays: 1 / (24 * 60 * 60 * 1000) });
  try {
    const admin = new AdminClient(a.url);
    await admin.change('board', { stage: 'socketio', force: true });
    b.board.open('b');
    const old = await openWs(b.url, '/api/boards/b/ws').opened();
    await old.nextJson();
    const retire = () => admin.ask<{ error?: ErrorBody }>('/board', { stage: 'retired', reason: 'a test' });
    for (let times = 0; times < 3; times += 1) {
      expect((await retire()).body.error).toMatchObject({ code: 'stage.in_use', details: { open: 1 } });
    }
    await old.close();
    await until('the retirement', async () => (await retire()).status === 200);
  } finally {
    await Promise.all([a, b].map((node) => node.close()));
    await redis.stop();
  }
});
