import { rmSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { LATENCY_MS, type JoinReply, type Reply } from '@switchyard/contract';
import { MemoryStore, Stages } from '@switchyard/server';
import { openLmdbStore } from '@switchyard/store-lmdb';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { openSocket, openWs } from '../harness/clients.js';
import { EventStream } from '../harness/event.stream.js';
import { fastFolder } from '../harness/fast.folder.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { figuresOf } from '../harness/service.figures.js';
import { changeStage } from '../harness/stage.change.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const HALF = { stage: 'canary', percent: 50, force: true } as const;

/** A client id whose stage gives it this wire. */
async function clientOn(toys: ToyApp, wire: string): Promise<string> {
  for (let n = 0; ; n += 1) {
    const client_id = `client-number-${String(n).padStart(6, '0')}`;
    if ((await toys.get(Stages).wire('board', { key: `client:${client_id}`, client_id })) === wire) return client_id;
  }
}

async function callOverHttp({ url }: ToyApp, call: string, payload: object, client: string): Promise<Reply> {
  const response = await fetch(`${url}/realtime/calls/board/${call}?client_id=${client}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
  });
  return (await response.json()) as Reply;
}

describe('the figures of a service', () => {
  let toys: ToyApp;
  beforeEach(async () => {
    toys = await startToys();
    toys.board.open('b');
  });
  afterEach(() => toys.close());

  it('are nothing before anything happened', async () => {
    expect(await figuresOf(toys, 'board')).toEqual({
      service: 'board',
      at: expect.any(String) as string,
      clients: {},
      minutes: [],
      totals: { wires: {}, arms: {} },
    });
  });

  it('count the joins of each wire and arm, and the refused ones by their code', async () => {
    const sockets = await Promise.all([1, 2].map(() => openSocket(toys.url, '/board').connected()));
    for (const socket of sockets) await socket.call('join_board', { board_id: 'b' });
    for (const board_id of ['forbidden', 'unknown', 'unknown']) await sockets[0]!.call('join_board', { board_id });
    const ws = await openWs(toys.url, '/api/boards/b/ws').opened();
    await ws.next();
    const root = await openSocket(toys.url).connected();
    await root.call('watch', { board_id: 'b', switchyard: 1 });
    const { wires, arms } = (await figuresOf(toys, 'board')).totals;
    expect(wires).toMatchObject({
      socketio: { joins: 2, joins_failed: { 'room.forbidden': 1, 'room.not_found': 2 }, calls: 0 },
      legacy: { joins: 1, joins_failed: {} },
      root: { joins: 1 },
    });
    expect(arms).toMatchObject({
      socketio: { joins: 2, joins_failed: { 'room.forbidden': 1, 'room.not_found': 2 } },
      legacy: { joins: 2 },
    });
    expect(Object.keys(arms)).toHaveLength(2);
  });

  it('count a client on a fallback wire in the arm that its stage gives it', async () => {
    await changeStage(toys, 'board', HALF);
    const [old, moved] = await Promise.all([clientOn(toys, 'legacy'), clientOn(toys, 'socketio')]);
    for (const client of [old, moved, moved]) await callOverHttp(toys, 'post', { board_id: 'b', text: 'x' }, client);
    const streams = [moved, old, old].map(
      (client) => new EventStream(`${toys.url}/realtime/events/board/b?client_id=${client}`),
    );
    for (const stream of streams) await stream.next('joined');
    const { wires, arms } = (await figuresOf(toys, 'board')).totals;
    expect(wires).toMatchObject({ polling: { calls: 3, joins: 0 }, sse: { joins: 3, calls: 0 } });
    expect(arms).toMatchObject({ socketio: { calls: 2, joins: 1 }, legacy: { calls: 1, joins: 2 } });
    for (const stream of streams) stream.close();
  });

  it('count the connections that were lost, and none that were closed by one side', async () => {
    const proxy = await FaultProxy.to(toys.port);
    const open = (url: string) => [
      openSocket(url, '/board', { transports: ['websocket'] }).connected(),
      openWs(url, '/api/boards/b/ws').opened(),
    ];
    await Promise.all(open(proxy.url));
    const [socket, ws] = await Promise.all([
      openSocket(toys.url, '/board', { transports: ['websocket'] }).connected(),
      openWs(toys.url, '/api/boards/b/ws').opened(),
    ]);
    await socket.close();
    ws.ws.close(1000);
    await until('the two that are left', async () => {
      const { clients } = await figuresOf(toys, 'board');
      return clients.socketio === 1 && clients.legacy === 1;
    });
    proxy.cutClean();
    await until('nobody', async () => Object.keys((await figuresOf(toys, 'board')).clients).length === 0);
    expect((await figuresOf(toys, 'board')).totals.arms).toMatchObject({
      socketio: { connections: 2, connections_lost: 1 },
      legacy: { connections: 2, connections_lost: 1 },
    });
    await proxy.close();
  });

  it('count calls and the errors that answer them', async () => {
    const socket = await openSocket(toys.url, '/board').connected();
    for (const text of ['one', 'two']) await socket.call('post', { board_id: 'b', text });
    for (const call of ['fail', 'refuse', 'refuse', 'toString']) await socket.call(call, {});
    const { socketio } = (await figuresOf(toys, 'board')).totals.wires;
    expect(socketio).toMatchObject({
      calls: 2,
      calls_failed: { 'call.failed': 1, 'room.forbidden': 2, 'call.unknown': 1 },
    });
  });

  it('tell joins that got all events after their position from those that needed a snapshot', async () => {
    const socket = await openSocket(toys.url, '/board').connected();
    const join = async (since?: object) => {
      const { data } = await socket.call<{ data: JoinReply }>('join_board', { board_id: 'b', since });
      return { epoch: data.epoch, offset: data.offset };
    };
    const position = await join();
    await socket.call('post', { board_id: 'b', text: 'missed' });
    await join(position);
    await join(position);
    await join({ epoch: 'another', offset: 1 });
    const { socketio } = (await figuresOf(toys, 'board')).totals.wires;
    expect(socketio).toMatchObject({ joins: 4, joins_recovered: 2, joins_reset: 1 });
  });

  it('count each event for each member, and its delivery once for each wire that has members', async () => {
    const sockets = await Promise.all([1, 2, 3].map(() => openSocket(toys.url, '/board').connected()));
    for (const socket of sockets) await socket.call('join_board', { board_id: 'b' });
    const ws = await openWs(toys.url, '/api/boards/b/ws').opened();
    await ws.next();
    const stream = new EventStream(`${toys.url}/realtime/events/board/b`);
    await stream.next('joined');
    // Who joins again is still one member.
    await sockets[1]!.call('join_board', { board_id: 'b' });
    await sockets[0]!.call('post_many', { board_id: 'b', count: 5 });
    await sockets[2]!.call('leave_board', { board_id: 'b' });
    await sockets[0]!.call('post', { board_id: 'b', text: 'after one left' });
    await toys.board.wave('b');
    const { wires, arms } = (await figuresOf(toys, 'board')).totals;
    expect(wires).toMatchObject({
      socketio: { deliveries: 5 * 3 + 2 + 2, delivery: { count: 6 } },
      legacy: { deliveries: 7, delivery: { count: 6 } },
      sse: { deliveries: 7, delivery: { count: 6 } },
    });
    expect(wires.root).toBeUndefined();
    // Nobody knows any more in which arms the members of an event stream were.
    expect(arms.socketio).toMatchObject({ deliveries: 19, delivery: { count: 6 } });
    expect(arms.legacy).toMatchObject({ deliveries: 7, delivery: { count: 6 } });
    stream.close();
  });

  it('count the bytes of each event for each member, as they were written', async () => {
    const text = 'Grüße ✓';
    const size = (frame: string) => Buffer.byteLength(frame);
    const sockets = await Promise.all(
      [true, true, false].map((positions) => openSocket(toys.url, '/board', { auth: { positions } }).connected()),
    );
    for (const socket of sockets) await socket.call('join_board', { board_id: 'b' });
    const peers = await Promise.all(
      ['', '?switchyard=1&client_id=client-number-000001'].map((query) =>
        openWs(toys.url, `/api/boards/b/ws${query}`).opened(),
      ),
    );
    for (const peer of peers) await peer.waitFor((frame) => /"notes"|joined/.test(frame));
    const root = await openSocket(toys.url).connected();
    await root.call('watch', { board_id: 'b', switchyard: 1 });
    const stream = new EventStream(`${toys.url}/realtime/events/board/b`);
    await stream.next('joined');
    await toys.board.post({ board_id: 'b', text });
    const packets = await Promise.all(sockets.map(async (socket) => ['note', ...(await socket.next('note'))]));
    const frames = await Promise.all(peers.map((peer) => peer.waitFor((frame) => frame.includes(text))));
    const note = await root.waitFor(({ args }) => JSON.stringify(args).includes(text), 'a note');
    await stream.next('note');
    const { wires, arms } = (await figuresOf(toys, 'board')).totals;
    const ofSockets = packets.reduce((sum, packet) => sum + size(`2/board,${JSON.stringify(packet)}`), 0);
    const ofRoot = size(`2${JSON.stringify([note.event, ...note.args])}`);
    const ofPeers = frames.reduce((sum, frame) => sum + size(frame), 0);
    const ofStream = size(stream.text.slice(stream.text.indexOf('event: note\n')));
    expect({
      socketio: wires.socketio!.bytes,
      root: wires.root!.bytes,
      legacy: wires.legacy!.bytes,
      sse: wires.sse!.bytes,
    }).toEqual({ socketio: ofSockets, root: ofRoot, legacy: ofPeers, sse: ofStream });
    expect([arms.socketio!.bytes, arms.legacy!.bytes]).toEqual([ofSockets, ofRoot + ofPeers]);
    stream.close();
  });

  it('belong to the minute in which they were counted', async () => {
    const socket = await openSocket(toys.url, '/board').connected();
    const before = Date.now();
    await socket.call('join_board', { board_id: 'b' });
    const { minutes, totals, at } = await figuresOf(toys, 'board', '?minutes=2');
    expect(minutes.map(({ wires }) => wires.socketio!.joins).reduce((sum, joins) => sum + joins, 0)).toBe(1);
    expect(minutes.at(-1)).toMatchObject(minutes.length === 1 ? totals : {});
    const minute = Date.parse(minutes[0]!.minute);
    expect(minute % 60_000).toBe(0);
    expect(minute).toBeGreaterThan(before - 60_000);
    expect(minute).toBeLessThanOrEqual(Date.parse(at));
  });

  it.each(['0', '1441', '-1', '1.5', 'all', ''])('are refused for %j minutes', async (minutes) => {
    await expect(figuresOf(toys, 'board', `?minutes=${minutes}`)).rejects.toThrow('input.invalid');
  });

  it('are refused for an unknown service, and to a stranger', async () => {
    await expect(figuresOf(toys, 'nothing')).rejects.toThrow('service.unknown');
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}x` };
    expect((await fetch(`${toys.url}/admin/migration/board/figures`, { headers })).status).toBe(401);
  });
});

/** A memory store that has an append wait until the test lets it through. */
class HeldStore extends MemoryStore {
  hold: Promise<void> = Promise.resolve();

  constructor() {
    super();
    const append = this.rooms.append.bind(this.rooms);
    this.rooms.append = async (...args) => {
      await this.hold;
      return append(...args);
    };
  }
}

it('the figures of a service have the time from the append of an event until it was written', async () => {
  const store = new HeldStore();
  const toys = await startToys({ openStore: () => Promise.resolve(store) });
  try {
    toys.board.open('b');
    const socket = await openSocket(toys.url, '/board').connected();
    await socket.call('join_board', { board_id: 'b' });
    let release!: () => void;
    store.hold = new Promise((resolve) => (release = resolve));
    const sent = performance.now();
    const posted = socket.call('post', { board_id: 'b', text: 'slow' });
    // Two calls on one socket reach the server in order, so the first waits in the store when the second is answered.
    await socket.call('refuse', {});
    const held = performance.now();
    while (performance.now() - held < LATENCY_MS[5]!) await turn();
    const waited = performance.now() - held;
    release();
    await posted;
    await socket.next('note');
    const longest = performance.now() - sent;
    const { count, classes, p50_ms, p99_ms } = (await figuresOf(toys, 'board')).totals.wires.socketio!.delivery;
    expect(count).toBe(1);
    expect(p50_ms).toBe(p99_ms);
    const index = classes.indexOf(1);
    expect(LATENCY_MS[index]).toBe(p50_ms);
    // The server's clock has whole milliseconds.
    expect(p50_ms).toBeGreaterThanOrEqual(waited - 1);
    expect(LATENCY_MS[index - 1]).toBeLessThan(longest + 1);
  } finally {
    await toys.close();
  }
});

it('the figures of a service survive a restart', async () => {
  const folder = fastFolder();
  const start = () => startToys({ openStore: () => openLmdbStore(folder) });
  try {
    for (const joins of [1, 2]) {
      const toys = await start();
      toys.board.open('b');
      const socket = await openSocket(toys.url, '/board').connected();
      await socket.call('join_board', { board_id: 'b' });
      if (joins === 2) expect((await figuresOf(toys, 'board')).totals.wires.socketio!.joins).toBe(2);
      await toys.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
