import { RoomPublisher } from '@switchyard/store-redis';
import type { LoggedEvent } from '@switchyard/contract';
import { legacyPath, legacyWire } from '../conformance/legacy.wire-client.js';
import { pollingWire } from '../conformance/polling.wire-client.js';
import { socketIoWire } from '../conformance/socketio.wire-client.js';
import { openSocket, openWs } from '../harness/clients.js';
import { TestRedis } from '../harness/redis.js';
import { board, boardLegacy, type Note } from '../toys/board.toy.js';
import type { ToyApp } from '../toys/toy.app.js';
import { startNodes } from '../toys/toy.nodes.js';

const EVENTS = 200;

describe('a publisher without a server', () => {
  let redis: TestRedis;
  let nodes: [ToyApp, ToyApp];
  let publisher: RoomPublisher;
  beforeAll(async () => {
    redis = await TestRedis.start();
    nodes = await startNodes(redis);
    for (const { board } of nodes) board.open('b');
    publisher = new RoomPublisher({ redisUrl: redis.url });
  });
  afterAll(async () => {
    await publisher.close();
    await Promise.all(nodes.map((node) => node.close()));
    await redis.stop();
  });

  it('reaches the clients of every wire and node, in the order of its calls', async () => {
    const wires = [socketIoWire(board), legacyWire<typeof board>(boardLegacy), pollingWire(board)];
    const clients = nodes.flatMap(({ url }) => wires.map((wire) => wire.connect(url)));
    await Promise.all(clients.map((client) => client.join('b')));
    const plain = await openWs(nodes[0].url, legacyPath(boardLegacy, 'b')).opened();
    await plain.waitFor((frame) => frame.includes('notes'));
    const seen = clients.map(async (client) => {
      const events: LoggedEvent[] = [];
      while (events.length < EVENTS) events.push(await client.next());
      return events;
    });

    const texts = Array.from({ length: EVENTS }, (_, n) => `n${n}`);
    const positions = await Promise.all(texts.map((text, id) => publisher.publish(board, 'b', 'note', { id, text })));
    expect(positions.map((position) => position!.offset)).toEqual(texts.map((_, n) => n + 1));
    for (const events of await Promise.all(seen)) {
      expect(events.map(({ payload }) => (payload as Note).text)).toEqual(texts);
    }
    await plain.waitFor((frame) => frame.includes(`"${texts.at(-1)}"`));
    const received = plain.frames.slice(1).map((frame) => (JSON.parse(frame) as { data: Note }).data.text);
    expect(received).toEqual(texts);
    await Promise.all(clients.map((client) => client.close()));
  });

  it('sends volatile events to present clients, without a position', async () => {
    const socket = await openSocket(nodes[1].url, '/board', { auth: { sdk: 'test' } }).connected();
    await socket.call('join_board', { board_id: 'b' });
    expect(await publisher.publish(board, 'b', 'waving', { board_id: 'b' })).toBeUndefined();
    expect(await socket.next('waving')).toEqual([{ board_id: 'b' }, { room: 'board_b' }]);
  });

  it('refuses an invalid room key', async () => {
    await expect(publisher.publish(board, '', 'note', { id: 1, text: 'x' })).rejects.toThrow(TypeError);
  });
});
