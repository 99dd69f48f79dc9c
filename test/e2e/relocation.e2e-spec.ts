import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Realtime,
  ServiceClient,
  type ConnectionState,
  type LegacySocketClass,
  type ServiceClientOptions,
} from '@switchyard/client';
import type { Stage } from '@switchyard/contract';
import { ServiceGateway, Stages, legacy, root } from '@switchyard/server';
import { openLmdbStore } from '@switchyard/store-lmdb';
import { filter, firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { FaultProxy } from '../harness/fault-proxy.js';
import { freePort } from '../harness/free.port.js';
import { until } from '../harness/until.js';
import { boardRoot } from '../toys/board.root.js';
import { board, BoardGateway, boardLegacy, type BoardTypes } from '../toys/board.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

type OldWire = ServiceClientOptions<BoardTypes>;
/** The wires that a stage advises. */
type Wire = Extract<Stage, 'legacy' | 'socketio'>;

const OLD_WIRES: [name: string, OldWire][] = [
  ['an old wire with a path', { legacy: boardLegacy }],
  ['an old wire that is the root namespace', { root: boardRoot }],
];

/** The board at the addresses of a newer version of the server. */
@ServiceGateway(
  { ...board, namespace: '/noticeboard' },
  { wires: [legacy({ ...boardLegacy, path: '/v2/boards/:board_id/ws' }), root(boardRoot)] },
)
class MovedBoardGateway extends BoardGateway {}

/** A page that follows the board `b`, and uses the advised wire. */
function openPage(url: string, oldWire: OldWire, fetchOf: typeof fetch = fetch, Socket: LegacySocketClass = WebSocket) {
  const configs: number[] = [];
  const realtime = new Realtime({
    url,
    WebSocket: Socket,
    reconnect: { minMs: 10, maxMs: 50 },
    fallbacks: ['polling'],
    polling: { intervalMs: 30 },
    fetch: (input, init) => {
      if ((input as string).includes('/realtime/config')) configs.push(performance.now());
      return fetchOf(input, init);
    },
  });
  const client = new ServiceClient<BoardTypes>(realtime, board, oldWire);
  const states: ConnectionState[] = [];
  client.state$.subscribe((state) => states.push(state));
  let texts: string[] = [];
  let snapshots = 0;
  let notify: () => void = () => undefined;
  client.room('b').messages$.subscribe((message) => {
    if (message.kind === 'snapshot') {
      snapshots += 1;
      texts = message.snapshot.notes.map(({ text }) => text);
    } else if (message.kind === 'event' && message.event === 'note') texts.push(message.payload.text);
    notify();
  });
  return {
    realtime,
    client,
    states,
    configs,
    get texts() {
      return texts;
    },
    get snapshots() {
      return snapshots;
    },
    reached: (state: ConnectionState) => firstValueFrom(client.state$.pipe(filter((now) => now === state))),
    async heardAll(count: number) {
      while (texts.length < count) await new Promise<void>((resolve) => (notify = resolve));
    },
    /** Settles once the service is live on `wire`. */
    on: (wire: Wire) =>
      until(`live on ${wire}`, () => realtime.stats().wires.board === wire && states.at(-1) === 'subscribed'),
  };
}

describe('a page whose service is moved while it is away', () => {
  let toys: ToyApp;
  let proxy: FaultProxy;
  let page: ReturnType<typeof openPage>;

  beforeEach(async () => {
    toys = await startToys();
    toys.board.open('b');
    proxy = await FaultProxy.to(toys.port);
  });
  afterEach(async () => {
    page.realtime.close();
    await proxy.close();
    await toys.close();
  });

  const move = (stage: Stage, closed = false) =>
    toys.get(Stages).change('board', { stage, closed, force: true, reason: 'a test' }, 'test');
  const post = async (...texts: string[]) => {
    for (const text of texts) await toys.board.post({ board_id: 'b', text });
  };
  const written = () => toys.board.boards.get('b')!.map(({ text }) => text);
  const away = async () => {
    const lost = page.reached('reconnecting');
    proxy.refuse();
    proxy.cutClean();
    await lost;
  };
  const other = (wire: Wire): Wire => (wire === 'legacy' ? 'socketio' : 'legacy');

  describe.each(OLD_WIRES)('beside %s', (_name, oldWire) => {
    it.each<[from: Stage, changes: [Stage, closed?: boolean][], to: Wire]>([
      ['legacy', [['retired']], 'socketio'],
      ['legacy', [['socketio']], 'socketio'],
      ['socketio', [['legacy']], 'legacy'],
      ['socketio', [['socketio', true]], 'legacy'],
      ['socketio', [['legacy'], ['socketio'], ['retired']], 'socketio'],
      ['legacy', [['socketio'], ['retired'], ['socketio'], ['legacy']], 'legacy'],
      ['legacy', [['socketio'], ['legacy'], ['retired']], 'socketio'],
    ])('continues on the right wire after %s and then %j', async (from, changes, to) => {
      await move(from);
      page = openPage(proxy.url, oldWire);
      await page.on(from === 'legacy' ? 'legacy' : 'socketio');
      await post('before');
      await page.heardAll(1);
      await away();
      for (const [stage, closed] of changes) {
        await move(stage, closed);
        await post(`during ${stage}`);
      }
      proxy.accept();
      await post('after');
      await page.on(to);
      await post('there');
      await page.heardAll(written().length);
      expect(page.texts).toEqual(written());
      expect(page.snapshots).toBe(1);
      // Calls go there too.
      await page.client.call('post', { board_id: 'b', text: 'called' });
      expect(written().at(-1)).toBe('called');
    });

    it.each<Wire>(['legacy', 'socketio'])(
      'is moved by polls while %s is blocked, and leaves polling for the other wire',
      async (from) => {
        await move(from);
        const direct: typeof fetch = (input, init) => fetch((input as string).replace(proxy.url, toys.url), init);
        page = openPage(proxy.url, oldWire, direct);
        await page.on(from);
        const polled = page.reached('polling');
        proxy.refuse();
        proxy.cutClean();
        await polled;
        await post('polled');
        await page.heardAll(1);
        await move(other(from));
        await post('moved');
        proxy.accept();
        await page.on(other(from));
        await post('live');
        await page.heardAll(3);
        expect(page.texts).toEqual(written());
        expect(page.snapshots).toBe(1);
      },
    );

    it.each<Wire>(['legacy', 'socketio'])('leaves %s when it reconnects and is refused there', async (from) => {
      await move(from);
      page = openPage(proxy.url, oldWire);
      await page.on(from);
      await post('a');
      await page.heardAll(1);
      // A connected page gets no message about it; its next connection is refused.
      await move(from === 'legacy' ? 'retired' : 'socketio', from === 'socketio');
      proxy.cutClean();
      await post('b');
      await page.on(other(from));
      await post('c');
      await page.heardAll(3);
      expect(page.texts).toEqual(written());
      expect(page.snapshots).toBe(1);
    });

    it('stays in its room while events stream in, whatever happens to the stage', async () => {
      await move('legacy');
      page = openPage(proxy.url, oldWire);
      await page.on('legacy');
      let posted = 0;
      const stream = setInterval(() => void post(String((posted += 1))), 2);
      for (const stage of ['retired', 'socketio', 'legacy', 'retired', 'socketio'] as const) {
        await away();
        await move(stage);
        proxy.accept();
        await page.on(stage === 'legacy' ? 'legacy' : 'socketio');
      }
      clearInterval(stream);
      await page.heardAll(posted);
      expect(page.texts).toEqual(Array.from({ length: posted }, (_, n) => String(n + 1)));
      expect(page.snapshots).toBe(1);
    });
  });

  it('asks the server for its wire less and less often while nobody answers', async () => {
    let attempts = 0;
    class Counted extends WebSocket {
      constructor(address: string) {
        super(address);
        attempts += 1;
      }
    }
    page = openPage(proxy.url, { legacy: boardLegacy }, fetch, Counted);
    await page.on('legacy');
    await away();
    const { length } = page.configs;
    attempts = 0;
    await until('the wire was tried 50 times', () => attempts >= 50);
    expect(page.configs.length - length).toBeGreaterThan(3);
    expect(page.configs.length - length).toBeLessThan(30);
    proxy.accept();
    await page.on('legacy');
  });
});

describe('a page whose server is replaced by one with other addresses while it is away', () => {
  it.each<[Wire, ...[string, OldWire]]>([
    ['legacy', ...OLD_WIRES[0]!],
    ['socketio', ...OLD_WIRES[0]!],
    ['socketio', ...OLD_WIRES[1]!],
  ])('continues there, on %s beside %s', async (wire, _name, oldWire) => {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-'));
    const openStore = () => openLmdbStore(folder);
    const port = await freePort();
    const before = await startToys({ openStore });
    before.board.open('b');
    await before.get(Stages).change('board', { stage: wire, force: true, reason: 'a test' }, 'test');
    const proxy = await FaultProxy.to(before.port, port);
    const page = openPage(proxy.url, oldWire);
    await page.on(wire);
    await before.board.post({ board_id: 'b', text: 'before' });
    await page.heardAll(1);
    proxy.refuse();
    proxy.cutClean();
    const { boards } = before.board;
    await before.board.post({ board_id: 'b', text: 'while away' });
    await before.close();
    const after = await startToys({
      openStore,
      port,
      providers: [{ provide: BoardGateway, useClass: MovedBoardGateway }],
    });
    boards.forEach((notes, key) => after.board.boards.set(key, notes));
    proxy.accept();
    await page.on(wire);
    await after.board.post({ board_id: 'b', text: 'after' });
    await page.heardAll(3);
    expect(page.texts).toEqual(['before', 'while away', 'after']);
    expect(page.snapshots).toBe(1);
    page.realtime.close();
    await proxy.close();
    await after.close();
    await rm(folder, { recursive: true });
  });
});
