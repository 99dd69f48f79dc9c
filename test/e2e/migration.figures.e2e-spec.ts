import { setTimeout as pause } from 'node:timers/promises';
import type { MigrationAudit, Reply } from '@switchyard/contract';
import { MemoryStore } from '@switchyard/server';
import { AdminClient } from '../harness/admin.client.js';
import { openSocket, openWs } from '../harness/clients.js';
import { TestFlagFile } from '../harness/flag.file.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp, type ToyOptions } from '../toys/toy.app.js';
import { startNodes } from '../toys/toy.nodes.js';

/** A store whose minutes are read only once a test lets them. */
class SlowFiguresStore extends MemoryStore {
  reads = 0;
  release: () => void = () => undefined;

  constructor(answer: (released: Promise<void>) => Promise<void>) {
    super();
    const promise = new Promise<void>((resolve) => (this.release = resolve));
    const read = this.series.read.bind(this.series);
    this.series.read = async (...range) => {
      this.reads += 1;
      await answer(promise);
      return read(...range);
    };
  }
}

describe('an entry of the audit', () => {
  let toys: ToyApp;
  let admin: AdminClient;
  const start = async (options?: ToyOptions) => {
    toys = await startToys(options);
    toys.board.open('b');
    admin = new AdminClient(toys.url);
  };
  afterEach(() => toys.close());

  const newest = async () => (await admin.audit('board')).entries[0]!;
  const withFigures = async () =>
    (await until('the figures', async () => {
      const entry = await newest();
      return entry.figures ? (entry as Required<MigrationAudit>) : undefined;
    }))!;

  it('has the figures of the moment of the change, by arm', async () => {
    await start();
    const socket = await openSocket(toys.url, '/board').connected();
    await socket.call('join_board', { board_id: 'b' });
    for (const board_id of ['forbidden', 'unknown']) await socket.call('join_board', { board_id });
    const answers = [
      await socket.call<Reply>('post', { board_id: 'b', text: 'one' }),
      await socket.call<Reply>('post', { board_id: 'b', text: 7 }),
      await socket.call<Reply>('nothing', {}),
    ];
    expect(answers.map(({ ok }) => ok)).toEqual([true, false, false]);
    const old = await openWs(toys.url, '/api/boards/b/ws').opened();
    await old.nextJson();
    await toys.board.post({ board_id: 'b', text: 'for all' });
    await old.nextJson();
    await admin.change('board', { stage: 'shadow' });
    const { at, figures } = await withFigures();
    const quiet = { joins_broken: 0, joins_recovered: 0, joins_reset: 0, calls_broken: 0, gaps: 0, moves_failed: 0 };
    const delivery = { delivery_p50_ms: expect.any(Number) as number, delivery_p99_ms: expect.any(Number) as number };
    expect(figures).toEqual({
      at: expect.any(String) as string,
      since: expect.stringMatching(/:00\.000Z$/) as string,
      clients: { socketio: 1, legacy: 1 },
      arms: {
        socketio: { ...quiet, joins: 1, joins_failed: 2, calls: 1, calls_failed: 2, ...delivery },
        legacy: { ...quiet, joins: 1, joins_failed: 0, calls: 0, calls_failed: 0, ...delivery },
      },
    });
    expect(Math.abs(Date.parse(figures.at) - Date.parse(at))).toBeLessThan(60_000);
    const minutes = (Date.parse(figures.at) - Date.parse(figures.since)) / 60_000;
    expect(minutes).toBeGreaterThanOrEqual(5);
    expect(minutes).toBeLessThan(6);
  });

  it('tells failures of the server itself from those of callers', async () => {
    await start();
    const socket = await openSocket(toys.url, '/board').connected();
    for (const [call, payload] of [
      ['fail', {}],
      ['nothing', {}],
    ] as const) {
      expect((await socket.call<Reply>(call, payload)).ok).toBe(false);
    }
    await admin.change('board', { stage: 'shadow' });
    expect((await withFigures()).figures.arms.socketio).toMatchObject({ calls: 0, calls_failed: 2, calls_broken: 1 });
  });

  it('gets them also when the flag file or only a hold changes the service, and the first entry has none', async () => {
    const file = await TestFlagFile.of({ board: { stage: 'shadow' } });
    await start({ flagsFile: file.path });
    expect(await newest()).toMatchObject({ by: 'flags' });
    await file.write({ board: { stage: 'canary', percent: 5 } });
    await until('the edit', async () => (await newest()).to.stage === 'canary');
    await withFigures();
    await admin.change('board', { held: true });
    expect((await withFigures()).to.held).toBe(true);
    expect((await admin.audit('board')).entries.at(-1)!.figures).toBeUndefined();
    await file.remove();
  });

  it('is there before its figures, which the change does not wait for', async () => {
    const store = new SlowFiguresStore((released) => released);
    await start({ openStore: () => Promise.resolve(store) });
    expect(await admin.change('board', { stage: 'shadow' })).toMatchObject({ stage: 'shadow' });
    await until('the figures to be read', () => store.reads > 0);
    expect((await newest()).figures).toBeUndefined();
    store.release();
    await withFigures();
  });

  it('has none when they cannot be read, and the change is made all the same', async () => {
    const store = new SlowFiguresStore(() => Promise.reject(new Error('no minutes')));
    await start({ openStore: () => Promise.resolve(store) });
    await admin.change('board', { stage: 'shadow' });
    await until('the figures to be read', () => store.reads > 0);
    await pause(0);
    expect(await newest()).toMatchObject({ to: { stage: 'shadow' }, effect: { told: 0, moved: 0 } });
    expect((await newest()).figures).toBeUndefined();
  });

  it('keeps them through a shutdown right after the change, and never gets others', async () => {
    const store = new MemoryStore();
    await start({ openStore: () => Promise.resolve(store) });
    await admin.change('board', { stage: 'shadow' });
    await toys.close();
    await start({ openStore: () => Promise.resolve(store) });
    const { figures } = await newest();
    expect(figures).toBeDefined();
    await admin.change('board', { stage: 'legacy' });
    await withFigures();
    expect((await admin.audit('board')).entries[1]!.figures).toEqual(figures);
  });
});

it('the figures of a change have the clients of all processes, and the one that made it writes them', async () => {
  const redis = await TestRedis.start();
  const nodes = await startNodes(redis);
  try {
    for (const { url } of nodes) await openSocket(url, '/board').connected();
    const [one, two] = nodes.map(({ url }) => new AdminClient(url)) as [AdminClient, AdminClient];
    await two.change('board', { stage: 'shadow' });
    const figures = await until('the figures', async () => (await one.audit('board')).entries[0]!.figures);
    expect(figures!.clients).toEqual({ socketio: 2 });
  } finally {
    await Promise.all(nodes.map((node) => node.close()));
    await redis.stop();
  }
});
