import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { JoinReply, LoggedEvent, Position } from '@switchyard/contract';
import { SocketIoHost } from '../../libs/server/src/socketio/socketio.host.js';
import { legacyPath, legacyWire } from '../conformance/legacy.wire-client.js';
import { pollingWire } from '../conformance/polling.wire-client.js';
import { socketIoWire } from '../conformance/socketio.wire-client.js';
import { openSocket, openWs } from '../harness/clients.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import { board, boardLegacy, type Note } from '../toys/board.toy.js';
import type { ToyApp } from '../toys/toy.app.js';
import { startNodes } from '../toys/toy.nodes.js';

/** The number of events that two nodes publish at once; `NODE_EVENTS=40000 npm test -- test/e2e/nodes` publishes more. */
const EVENTS = Number(process.env.NODE_EVENTS ?? 1500);
/** The number of publishers on each node. */
const PUBLISHERS = 8;
/** The pause of a publisher after a refusal, in ms, so that the node can come back. */
const RETRY_MS = 5;

const WIRES = [socketIoWire(board), legacyWire<typeof board>(boardLegacy), pollingWire(board)];
const textOf = ({ payload }: LoggedEvent) => (payload as Note).text;

/** Runs one command on Redis, like an operator. */
async function command(redis: TestRedis, text: string): Promise<void> {
  const socket = connect(redis.port, '127.0.0.1');
  socket.write(`${text}\r\n`);
  await once(socket, 'data');
  socket.destroy();
}

describe('two nodes with one Redis', () => {
  let redis: TestRedis;
  let nodes: [ToyApp, ToyApp];
  beforeEach(async () => {
    redis = await TestRedis.start(['--appendonly', 'yes']);
    nodes = await startNodes(redis);
    for (const { board } of nodes) board.open('b');
  });
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await redis.stop();
  });

  const post = (node: ToyApp, text: string) => node.board.post({ board_id: 'b', text });
  const poll = async ({ url }: ToyApp, since?: Position): Promise<JoinReply> => {
    const query = since ? `?since=${since.epoch}:${since.offset}` : '';
    return (await (await fetch(`${url}/realtime/rooms/board/b${query}`)).json()) as JoinReply;
  };
  const health = async ({ url }: ToyApp) => {
    const response = await fetch(`${url}/health/ready`);
    return { code: response.status, ...((await response.json()) as { status: string; store: object }) };
  };

  it(
    `send ${EVENTS} events that both publish at once to every wire of both, each once, in one order`,
    async () => {
      const clients = nodes.flatMap(({ url }) => WIRES.map((wire) => wire.connect(url)));
      await Promise.all(clients.map((client) => client.join('b')));
      const plain = await Promise.all(nodes.map(({ url }) => openWs(url, legacyPath(boardLegacy, 'b')).opened()));
      await Promise.all(plain.map((ws) => ws.waitFor((frame) => frame.includes('notes'))));

      const seen = clients.map(async (client) => {
        const events: LoggedEvent[] = [];
        while (events.length < EVENTS) events.push(await client.next());
        return events;
      });
      let written = 0;
      const publisher = async (node: ToyApp) => {
        while (written < EVENTS) await post(node, `n${(written += 1)}`);
      };
      await Promise.all(nodes.flatMap((node) => Array.from({ length: PUBLISHERS }, () => publisher(node))));
      const [first, ...others] = await Promise.all(seen);

      expect(first!.map(({ offset }) => offset)).toEqual(Array.from({ length: EVENTS }, (_, n) => n + 1));
      expect(new Set(first!.map(textOf)).size).toBe(EVENTS);
      for (const other of others) expect(other).toEqual(first);
      for (const ws of plain) {
        await ws.waitFor((frame) => frame.includes(`"${textOf(first!.at(-1)!)}"`));
        const texts = ws.frames.slice(1).map((frame) => (JSON.parse(frame) as { data: Note }).data.text);
        expect(texts).toEqual(first!.map(textOf));
      }
      await Promise.all(clients.map((client) => client.close()));
    },
    60_000 + EVENTS * 50,
  );

  it('resume on one a client that left the other', async () => {
    const [a, b] = nodes;
    const start = await poll(a);
    await post(a, 'one');
    await post(b, 'two');
    const reply = await poll(b, start);
    expect(reply).toMatchObject({ recovered: true, offset: 2 });
    expect(reply.events!.map(textOf)).toEqual(['one', 'two']);
  });

  it('pass on volatile events, and broadcasts of their servers to every socket', async () => {
    const [a, b] = nodes;
    const socket = await openSocket(a.url, '/board', { auth: { sdk: 'test' } }).connected();
    await socket.call('join_board', { board_id: 'b' });
    await b.board.wave('b');
    expect(await socket.next('waving')).toEqual([{ board_id: 'b' }, { room: 'board_b' }]);
    b.get(SocketIoHost).server.of('/board').emit('transport_switch', { service: 'board', to: 'legacy' });
    expect(await socket.next('transport_switch')).toEqual([{ service: 'board', to: 'legacy' }]);
  });

  it('run a call that arrives at both once, and answer both alike', async () => {
    const call = async ({ url }: ToyApp) => {
      const response = await fetch(`${url}/realtime/calls/board/post_many`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer somebody' },
        body: JSON.stringify({ board_id: 'b', count: 200, correlation_id: 'once' }),
      });
      return response.json();
    };
    const replies = await Promise.all(nodes.map(call));
    expect(replies).toEqual([
      { ok: true, data: { posted: 200 } },
      { ok: true, data: { posted: 200 } },
    ]);
    expect((await poll(nodes[0])).offset).toBe(200);
  });

  it('report that Redis is away, refuse what they cannot store, and lose nothing that they acknowledged', async () => {
    const wires = nodes.map(({ url }) => WIRES.slice(0, 2).map((wire) => wire.connect(url)));
    const clients = wires.flat();
    await Promise.all(clients.map((client) => client.join('b')));
    const present = await openSocket(nodes[0].url, '/board').connected();
    await present.call('join_board', { board_id: 'b' });
    const acked: string[] = [];
    const refused: string[] = [];
    let failed = 0;
    let stopped = false;
    const publisher = async (node: ToyApp, name: string) => {
      for (let n = 1; !stopped; n += 1) {
        const reply = (await fetch(`${node.url}/realtime/calls/board/post`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ board_id: 'b', text: `${name}${n}` }),
        }).then((response) => response.json())) as { ok: boolean; error?: { code: string } };
        if (reply.ok) acked.push(`${name}${n}`);
        else {
          expect(['store.unavailable', 'call.outcome_unknown']).toContain(reply.error!.code);
          if (reply.error!.code === 'store.unavailable') refused.push(`${name}${n}`);
          failed += 1;
          await pause(RETRY_MS);
        }
      }
    };
    const work = nodes.map((node, index) => publisher(node, 'ab'[index]!));
    expect(await health(nodes[0])).toMatchObject({ code: 200, store: { kind: 'redis', reachable: true } });
    await until('100 acks', () => acked.length > 100);
    await redis.crash();
    await until('calls that failed', () => failed > 1);
    for (const node of nodes) {
      expect(await health(node)).toMatchObject({ code: 503, status: 'degraded', store: { reachable: false } });
    }
    // Present clients still get messages that need no store.
    await nodes[0].board.wave('b');
    expect(await present.next('waving')).toHaveLength(2);
    await redis.restart();
    for (const node of nodes) await until('a node that is ready', async () => (await health(node)).code === 200);
    const before = acked.length;
    await until('100 more acks', () => acked.length > before + 100);
    stopped = true;
    await Promise.all(work);
    await post(nodes[0], 'last');

    const seen = await Promise.all(
      clients.map(async (client) => {
        const texts: string[] = [];
        for (;;) {
          const text = textOf(await client.next());
          if (text === 'last') return texts;
          texts.push(text);
        }
      }),
    );
    for (const texts of seen) {
      expect(new Set(texts).size).toBe(texts.length);
      expect(acked.filter((text) => !texts.includes(text))).toEqual([]);
      expect(refused.filter((text) => texts.includes(text))).toEqual([]);
      expect(texts).toEqual(seen[0]);
    }
    await Promise.all(clients.map((client) => client.close()));
  });

  it('begin a new epoch for a room that Redis dropped, and never mistake an old position for a new one', async () => {
    const [a, b] = nodes;
    const wire = socketIoWire(board).connect(a.url);
    await wire.join('b');
    for (const text of ['one', 'two', 'three']) await post(a, text);
    const before = await poll(b);
    for (let n = 0; n < 3; n += 1) await wire.next();
    await command(redis, 'DEL switchyard:log:board_b');
    for (const text of ['four', 'five', 'six', 'seven']) await post(b, text);
    const after = [await wire.next(), await wire.next(), await wire.next(), await wire.next()];
    expect(after.map(textOf)).toEqual(['four', 'five', 'six', 'seven']);
    expect(after[0]!.epoch).not.toBe(before.epoch);
    expect(await poll(a, before)).toMatchObject({ recovered: false, epoch: after[0]!.epoch, offset: 4 });
    await wire.close();
  });
});

describe('two nodes with a Redis that forgets', () => {
  it('continue in a new epoch after it came back empty, and tell clients that return', async () => {
    const redis = await TestRedis.start();
    const nodes = await startNodes(redis);
    try {
      const [a, b] = nodes;
      for (const { board } of nodes) board.open('b');
      const wire = socketIoWire(board).connect(a.url);
      const { epoch } = await wire.join('b');
      for (const text of ['one', 'two']) await b.board.post({ board_id: 'b', text });
      expect([await wire.next(), await wire.next()].map(({ offset }) => offset)).toEqual([1, 2]);
      await redis.restart();
      await until('a node that is ready', async () => (await fetch(`${b.url}/health/ready`)).ok);
      await b.board.post({ board_id: 'b', text: 'three' });
      const next = await wire.next();
      expect([textOf(next), next.offset]).toEqual(['three', 1]);
      expect(next.epoch).not.toBe(epoch);
      const returned = socketIoWire(board).connect(b.url);
      expect(await returned.join('b', { epoch, offset: 1 })).toMatchObject({ recovered: false, epoch: next.epoch });
      await Promise.all([wire.close(), returned.close()]);
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
      await redis.stop();
    }
  });
});
