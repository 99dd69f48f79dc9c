import { once } from 'node:events';
import { ServiceRegistry } from '@switchyard/server';
import { openWs } from '../harness/clients.js';
import { changeStage } from '../harness/stage.change.js';
import type { TestWs } from '../harness/test-ws.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp, type ToyOptions } from '../toys/toy.app.js';
import { HallsGateway } from './halls.toy.js';

/** Starts the halls, of which `slow` is entered only when the test says so. */
async function startHalls(options: ToyOptions = {}) {
  const toys = await startToys({ providers: [HallsGateway], ...options });
  const gateway = toys.get(HallsGateway);
  for (const hall of ['a', 'b', 'c', 'd', 'e', 'f', 'slow']) gateway.said.set(hall, []);
  return { toys, gateway };
}

/** The next frames, texts as they are. */
async function take(ws: TestWs, count: number): Promise<unknown[]> {
  const frames: unknown[] = [];
  for (; count > 0; count -= 1) {
    const text = await ws.next();
    frames.push(/^[[{]/.test(text) ? JSON.parse(text) : text);
  }
  return frames;
}

/** Resolves once the server has read everything that the client has sent. */
async function read({ ws }: TestWs): Promise<void> {
  const pong = once(ws, 'pong');
  ws.ping();
  await pong;
}

describe('the requests on an old socket with topics', () => {
  let toys: ToyApp;
  let gateway: HallsGateway;
  beforeEach(async () => {
    ({ toys, gateway } = await startHalls());
  });
  afterEach(() => toys.close());

  const connect = () => openWs(toys.url, '/halls').opened();
  const say = (hall: string) => gateway.say({ hall });
  const runtime = () => toys.app.get(ServiceRegistry, { strict: false }).get('halls');
  /** What lets those who wait for `slow` go on. */
  const opening = () => until('that somebody waits', () => gateway.waiting.get('slow')) as Promise<() => void>;
  const inside = (hall: string) => until(`a client in ${hall}`, () => runtime().rooms.occupied().includes(hall));

  it('are answered once for all their topics, each in its place, before the states in that order', async () => {
    const ws = await connect();
    ws.send({ do: 'enter', halls: ['b', 'none', 'a', 'b', 7], id: 1 });
    expect(await take(ws, 4)).toEqual([
      { id: 1, entered: ['b', 'room.not_found', 'a', 'b again', 'topic.unknown'] },
      { state: 'b', said: [] },
      { state: 'a', said: [] },
      { state: 'b', said: [] },
    ]);
    await say('b');
    ws.send({ do: 'enter', halls: ['b'], id: 2 });
    expect(await take(ws, 3)).toEqual([
      { in: 'b', said: 1 },
      { id: 2, entered: ['b again'] },
      { state: 'b', said: [1] },
    ]);
    ws.send({ do: 'exit', halls: ['a', 'none', 'b', 'b', {}], id: 3 });
    expect(await take(ws, 1)).toEqual([{ id: 3, left: ['a', 'b'] }]);
    await say('b');
    ws.send({ do: 'ping' });
    expect(await take(ws, 1)).toEqual(['pong']);
  });

  it('are answered with the states of the joins before the events that came meanwhile', async () => {
    const ws = await connect();
    ws.send({ do: 'enter', halls: ['a', 'slow'], id: 1 });
    const open = await opening();
    await inside('a');
    await say('a');
    open();
    await say('a');
    expect(await take(ws, 5)).toEqual([
      { id: 1, entered: ['a', 'slow'] },
      { state: 'a', said: [] },
      { state: 'slow', said: [] },
      { in: 'a', said: 1 },
      { in: 'a', said: 2 },
    ]);
  });

  it('are answered in their order, also when one of them has to wait', async () => {
    const ws = await connect();
    ws.send({ do: 'enter', halls: ['a', 'slow'], id: 1 });
    const open = await opening();
    ws.send({ do: 'exit', halls: ['a'], id: 2 });
    ws.send({ do: 'enter', halls: ['a'], id: 3 });
    ws.send({ do: 'exit', halls: ['a'], id: 4 });
    ws.send({ do: 'ping' });
    ws.send('what is this');
    ws.send({ do: 'say', hall: 'a', id: 5 });
    await read(ws);
    await inside('a');
    await say('a');
    open();
    expect(await take(ws, 11)).toEqual([
      { id: 1, entered: ['a', 'slow'] },
      { state: 'a', said: [] },
      { state: 'slow', said: [] },
      { in: 'a', said: 1 },
      { id: 2, left: ['a'] },
      { id: 3, entered: ['a'] },
      { state: 'a', said: [1] },
      { id: 4, left: ['a'] },
      'pong',
      { error: 'call.unknown' },
      { id: 5, reply: 2 },
    ]);
  });

  it('of a batch are answered by one array in their order, whatever ends first', async () => {
    const ws = await connect();
    ws.send([
      { do: 'say', hall: 'slow', id: 1 },
      { do: 'names', id: 2 },
      1,
      [{ do: 'names', id: 3 }],
      { do: 'nothing', id: 4 },
      { do: 'constructor', id: 5 },
      { do: 'say', hall: 'none', id: 6 },
    ]);
    const open = await opening();
    open();
    expect(await take(ws, 1)).toEqual([
      [
        { id: 1, reply: 1 },
        { id: 2, reply: ['a', 'b', 'c', 'd', 'e', 'f', 'slow'] },
        { error: 'input.invalid' },
        { error: 'input.invalid' },
        { id: 5, error: 'call.unknown' },
        { id: 6, reply: 'room.not_found' },
      ],
    ]);
    ws.send([{ do: 'nothing' }]);
    ws.send([]);
    ws.send(Array(9).fill({ do: 'names' }));
    expect(await take(ws, 2)).toEqual([{ error: 'input.invalid' }, { error: 'input.invalid' }]);
  });

  it('of a batch may take a topic, give it back and take it again, and no event comes before their answer', async () => {
    const ws = await connect();
    ws.send([
      { do: 'enter', halls: ['a'], id: 1 },
      { do: 'exit', halls: ['a'], id: 2 },
      { do: 'enter', halls: ['a'], id: 3 },
      { do: 'say', hall: 'slow', id: 4 },
    ]);
    const open = await opening();
    await say('a');
    ws.send({ do: 'exit', halls: ['a'], id: 5 });
    await read(ws);
    open();
    const state = { state: 'a', said: [] };
    expect(await take(ws, 3)).toEqual([
      [{ id: 1, entered: ['a'] }, state, { id: 2, left: ['a'] }, { id: 3, entered: ['a'] }, state, { id: 4, reply: 1 }],
      { in: 'a', said: 1 },
      { id: 5, left: ['a'] },
    ]);
  });

  it('name at most as many topics as a connection may have, and are refused as a whole far beyond that', async () => {
    const ws = await connect();
    ws.send({ do: 'enter', halls: ['a', 'b', 'c', 'none', 'd', 'e', 'f', 'a'], id: 1 });
    const answer = ['a', 'b', 'c', 'room.not_found', 'd', 'topic.limit', 'topic.limit', 'a again'];
    expect(await take(ws, 1)).toEqual([{ id: 1, entered: answer }]);
    await take(ws, 5);
    for (const what of ['enter', 'exit']) {
      ws.send({ do: what, halls: Array(51).fill('a'), id: 2 });
      expect(await take(ws, 1)).toEqual([{ id: 2, error: 'topic.limit' }]);
    }
  });

  it('may name what objects of JavaScript have anyway', async () => {
    const ws = await connect();
    const names = ['__proto__', 'constructor', 'a'.repeat(300)];
    ws.send({ do: 'enter', halls: names, id: 1 });
    ws.send({ do: 'exit', halls: names, id: 2 });
    ws.send('{"__proto__":{"do":"enter","halls":["a"]}}');
    expect(await take(ws, 3)).toEqual([
      { id: 1, entered: ['room.not_found', 'room.not_found', 'topic.unknown'] },
      { id: 2, left: [] },
      { error: 'call.unknown' },
    ]);
  });

  it('leave a topic that the client has when they may not take it again', async () => {
    const ws = await connect();
    ws.send({ do: 'enter', halls: ['a'], id: 1 });
    await take(ws, 2);
    gateway.locked.add('a');
    ws.send({ do: 'enter', halls: ['a'], id: 2 });
    expect(await take(ws, 1)).toEqual([{ id: 2, entered: ['room.forbidden'] }]);
    await say('a');
    expect(await take(ws, 1)).toEqual([{ in: 'a', said: 1 }]);
  });

  it('are refused for a service that is retired while they wait', async () => {
    const ws = await connect();
    ws.send({ do: 'enter', halls: ['slow'], id: 1 });
    const open = await opening();
    await changeStage(toys, 'halls', { stage: 'retired', force: true });
    await ws.waitFor((frame) => frame.includes('service.retired'));
    open();
    expect(await take(ws, 1)).toEqual([{ id: 1, entered: ['service.retired'] }]);
    await until('that nobody is left', () => runtime().rooms.occupied().length === 0);
    expect(runtime().wires.oldConnections()).toEqual([]);
  });

  it('leave nothing behind when the socket closes while they wait', async () => {
    const ws = await connect();
    ws.send({ do: 'enter', halls: ['a', 'slow'], id: 1 });
    const open = await opening();
    ws.send({ do: 'enter', halls: ['b'], id: 2 });
    ws.send({ do: 'ping' });
    await read(ws);
    await inside('a');
    await ws.close();
    await until('the close', () => runtime().wires.oldConnections().length === 0);
    open();
    await until('that nobody is left', () => runtime().rooms.occupied().length === 0);
    expect(runtime().wires.oldConnections()).toEqual([]);
  });

  it('are refused when more of them wait than a connection may have waiting', async () => {
    const ws = await connect();
    ws.send({ do: 'enter', halls: ['slow'], id: 1 });
    const open = await opening();
    for (let frame = 0; frame < 20; frame += 1) ws.send({ do: 'ping', filling: 'x'.repeat(80_000) });
    expect(await ws.closed()).toEqual({ code: 1008, reason: 'rate.limited' });
    expect(ws.frames).toEqual([JSON.stringify({ error: 'rate.limited' })]);
    open();
  });
});

describe('events that wait for the answer to a request', () => {
  it('count as unsent data of a slow client', async () => {
    const { toys, gateway } = await startHalls({ maxBacklogBytes: 1000 });
    try {
      const ws = await openWs(toys.url, '/halls').opened();
      ws.send({ do: 'enter', halls: ['a', 'slow'], id: 1 });
      await until('that somebody waits', () => gateway.waiting.get('slow'));
      let isClosed = false;
      const closed = ws.closed().finally(() => (isClosed = true));
      for (; !isClosed; await new Promise(setImmediate)) await gateway.say({ hall: 'a' });
      expect((await closed).code).toBe(1006);
    } finally {
      gateway.waiting.get('slow')?.();
      await toys.close();
    }
  });
});
