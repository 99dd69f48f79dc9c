import { openRedisStore } from '@switchyard/store-redis';
import { openSocket } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { TestRedis } from '../harness/redis.js';
import { figuresOf } from '../harness/service.figures.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

describe('the figures of several processes', () => {
  let redis: TestRedis;
  let way: FaultProxy;
  let near: ToyApp;
  let far: ToyApp;
  beforeEach(async () => {
    redis = await TestRedis.start();
    way = await FaultProxy.to(redis.port);
    const start = (port: number) =>
      startToys({ openStore: () => openRedisStore({ url: `redis://127.0.0.1:${port}` }) });
    [near, far] = await Promise.all([start(redis.port), start(way.port)]);
    for (const { board } of [near, far]) board.open('b');
  });
  afterEach(async () => {
    await Promise.all([near, far].map((node) => node.close()));
    await way.close();
    await redis.stop();
  });

  const joins = async (node: ToyApp) => (await figuresOf(node, 'board')).totals.wires.socketio?.joins;

  it('are the same at each of them, also after one has stopped', async () => {
    const sockets = await Promise.all([near, far, far].map(({ url }) => openSocket(url, '/board').connected()));
    for (const socket of sockets) await socket.call('join_board', { board_id: 'b' });
    await until('three joins at both', async () => (await joins(near)) === 3 && (await joins(far)) === 3);
    await sockets[1]!.call('join_board', { board_id: 'b' });
    await far.close();
    expect(await joins(near)).toBe(4);
  });

  it('count what happened while the store was away, once it is back, each once', async () => {
    const socket = await openSocket(far.url, '/board').connected();
    await socket.call('join_board', { board_id: 'b' });
    await until('the join', async () => (await joins(near)) === 1);
    way.refuse();
    way.cutClean();
    await until('a failed call', async () => {
      const { ok } = await socket.call<{ ok: boolean }>('post', { board_id: 'b', text: 'x' });
      return !ok;
    });
    const posted = (await figuresOf(near, 'board')).totals.wires.socketio!;
    for (let n = 0; n < 3; n += 1) await socket.call('refuse', {});
    await expect(figuresOf(far, 'board')).rejects.toThrow('store.unavailable');
    for (let n = 0; n < 4; n += 1) await socket.call('refuse', {});
    expect((await figuresOf(near, 'board')).totals.wires.socketio).toEqual(posted);
    way.accept();
    const found = await until('the calls', async () => {
      const { socketio } = (await figuresOf(near, 'board')).totals.wires;
      return socketio!.calls_failed['room.forbidden'] === undefined ? undefined : socketio;
    });
    expect(found).toMatchObject({ joins: 1, calls_failed: { 'room.forbidden': 7 } });
  });
});
