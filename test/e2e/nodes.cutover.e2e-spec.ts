import { openSocket } from '../harness/clients.js';
import { TestRedis } from '../harness/redis.js';
import { figuresOf } from '../harness/service.figures.js';
import { changeStage } from '../harness/stage.change.js';
import type { ToyApp } from '../toys/toy.app.js';
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
});
