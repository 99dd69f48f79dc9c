import { openWs } from '../harness/clients.js';
import { TestRedis } from '../harness/redis.js';
import type { ToyApp } from '../toys/toy.app.js';
import { startNodes } from '../toys/toy.nodes.js';
import { PreviewGateway } from './server-session.example.js';
import { SketchGateway } from './sketches.toy.js';

describe('a client with an id from the server, and two processes', () => {
  let redis: TestRedis;
  let nodes: [ToyApp, ToyApp];
  beforeAll(async () => {
    redis = await TestRedis.start();
    nodes = await startNodes(redis, { providers: [PreviewGateway, SketchGateway] });
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await redis.stop();
  });

  const open = async ({ url }: ToyApp, query: string) => {
    const ws = await openWs(url, `/ws/preview?token=ada&${query}`).opened();
    const { sid } = await ws.nextJson<{ sid: string }>();
    expect(await ws.next()).toBe('{"type":"progress","value":0}');
    return { ws, sid };
  };

  it('closes the older WebSocket when the client returns to the other process', async () => {
    const first = await open(nodes[0], '');
    const second = await open(nodes[1], `clientId=${first.sid}`);
    expect(await first.ws.closed()).toEqual({ code: 4009, reason: 'opened again' });
    await nodes[0].get(PreviewGateway).paint(first.sid, 50);
    expect(await second.ws.next()).toBe('{"type":"progress","value":50}');
  });

  it('closes it where the id is not the key of the room, and no WebSocket of another id or room', async () => {
    const enter = async ({ url }: ToyApp, path: string) => {
      const ws = await openWs(url, `/sketches/${path}&token=ada`).opened();
      expect([await ws.next(), await ws.next()]).toHaveLength(2);
      return ws;
    };
    const [first, neighbour, elsewhere] = [
      await enter(nodes[0], 'a?client=page'),
      await enter(nodes[0], 'a?client=other'),
      await enter(nodes[0], 'b?client=page'),
    ];
    const second = await enter(nodes[1], 'a?client=page');
    expect(await first.closed()).toEqual({ code: 4000, reason: 'replaced' });
    second.send({ draw: 1 });
    expect(await neighbour.next()).toBe('{"type":"stroke","n":1}');
    elsewhere.send({ draw: 2 });
    expect(await elsewhere.next()).toBe('{"type":"drawn","n":2}');
  });

  it('keeps the room of its first user from others in each process', async () => {
    const { sid } = await open(nodes[0], '');
    expect((await openWs(nodes[1].url, `/ws/preview?token=eve&clientId=${sid}`).refused()).status).toBe(403);
  });
});
