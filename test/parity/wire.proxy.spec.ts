import type { Position } from '@switchyard/contract';
import { openSocket, openWs } from '../harness/clients.js';
import { boardLegacy, type Note } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import type { FaultPlan } from './stream.fault.js';
import { readOld, readPositioned, readSocketio, type FrameReader } from './wire.frame.js';
import { WireProxy } from './wire.proxy.js';

const PATH = '/api/boards/b/ws';

/** What a client received: the text of each note, and its offset where the wire has them. */
type Received = readonly (readonly [text: string, offset: number | undefined])[];

interface TestedWire {
  path: string;
  read: FrameReader;
  /** Joins the board through the proxy; returns what is received from then on, and waits for that many notes. */
  join(url: string): Promise<(count: number) => Promise<Received>>;
}

const over = async (url: string, path: string) => {
  const ws = await openWs(url, path).opened();
  await ws.next();
  return async (count: number): Promise<Received> => {
    const notes: [string, number | undefined][] = [];
    for (; count > 0; count -= 1) {
      const frame = await ws.waitFor((text) => text.includes('"type":"note"'), 'a note');
      const { data, _sy } = JSON.parse(frame) as { data: Note; _sy?: Position & { payload: Note } };
      if (_sy) expect(_sy.payload).toEqual(data);
      notes.push([data.text, _sy?.offset]);
    }
    return notes;
  };
};

const WIRES: Record<string, TestedWire> = {
  'Socket.IO': {
    path: '/socket.io/',
    read: readSocketio,
    async join(url) {
      const socket = await openSocket(url, '/board').connected();
      await socket.call('join_board', { board_id: 'b' });
      return async (count) => {
        const notes: [string, number][] = [];
        for (; count > 0; count -= 1) {
          const [{ text }, { offset }] = await socket.next<[Note, Position]>('note');
          notes.push([text, offset]);
        }
        return notes;
      };
    },
  },
  'the old wire with positions': {
    path: '/api/',
    read: readPositioned,
    join: (url) => over(url, `${PATH}?switchyard=1&client_id=a-client-of-the-test`),
  },
  'the old wire': { path: '/api/', read: readOld(boardLegacy), join: (url) => over(url, PATH) },
};

describe.each(Object.entries(WIRES))('a proxy that gives faults to %s', (_, wire) => {
  let toys: ToyApp;
  let proxy: WireProxy;
  beforeEach(async () => {
    toys = await startToys();
    toys.board.open('b');
    proxy = await WireProxy.to(toys.url, wire);
  });
  afterEach(async () => {
    await proxy.close();
    await toys.close();
  });

  const post = (...texts: string[]) =>
    texts.reduce<Promise<unknown>>(
      (before, text) => before.then(() => toys.board.post({ board_id: 'b', text })),
      Promise.resolve(),
    );
  const hasOffsets = wire.path === '/socket.io/' || wire.read === readPositioned;
  const notes = (...all: [string, number][]) => all.map(([text, offset]) => [text, hasOffsets ? offset : undefined]);
  const change: FaultPlan['change'] = (payload) => ({ ...payload, text: 'other' });

  it('passes everything else unchanged', async () => {
    const received = await wire.join(proxy.url);
    await post('a', 'b');
    expect(await received(2)).toEqual(notes(['a', 1], ['b', 2]));
    expect(((await (await fetch(`${proxy.url}/realtime/config`)).json()) as { version: string }).version).toBe('1.0');
  });

  it.each<[FaultPlan, [string, number][], number[]]>([
    [{ kind: 'missing' }, [['b', 2]], [1]],
    [
      { kind: 'extra', change },
      [
        ['a', 1],
        ['other', 2],
        ['b', 2],
      ],
      [2],
    ],
    [
      { kind: 'duplicated' },
      [
        ['a', 1],
        ['a', 1],
        ['b', 2],
      ],
      [1],
    ],
    [
      { kind: 'reordered' },
      [
        ['b', 2],
        ['a', 1],
      ],
      [2, 1],
    ],
    [
      { kind: 'changed', change },
      [
        ['other', 1],
        ['b', 2],
      ],
      [1],
    ],
    [
      { kind: 'late', delay_ms: 20 },
      [
        ['a', 1],
        ['b', 2],
      ],
      [1],
    ],
  ])('does it once: %j', async (plan, expected, offsets) => {
    const received = await wire.join(proxy.url);
    const injected = proxy.inject({ ...plan, room: 'board_b' });
    await post('a', 'b', 'c');
    expect(await received(expected.length + 1)).toEqual(notes(...expected, ['c', 3]));
    const { kind, events } = await injected;
    expect(kind).toBe(plan.kind);
    expect(events.map(({ offset }) => offset)).toEqual(offsets.map((offset) => (hasOffsets ? offset : undefined)));
  });
});

it('a proxy changes the reply to one call', async () => {
  const toys = await startToys();
  toys.board.open('b');
  const proxy = await WireProxy.to(toys.url, WIRES['Socket.IO']!);
  const socket = await openSocket(proxy.url, '/board').connected();
  const injected = proxy.inject({ kind: 'ack', change: (reply) => ({ ...reply, text: 'other' }) });
  await socket.call('join_board', { board_id: 'b' });
  const post = () => socket.call('post', { board_id: 'b', text: 'a' });
  expect(await post()).toEqual({ ok: true, data: { id: 1, text: 'other' } });
  expect(await post()).toEqual({ ok: true, data: { id: 2, text: 'a' } });
  expect(await injected).toEqual({ kind: 'ack', events: [] });
  await proxy.close();
  await toys.close();
});
