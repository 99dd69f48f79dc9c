import { rmSync } from 'node:fs';
import { MISMATCH_KINDS, type Mismatch, type ParityReport } from '@switchyard/contract';
import { openLmdbStore } from '@switchyard/store-lmdb';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { fastFolder } from '../harness/fast.folder.js';
import { clientNumber } from '../harness/numbered.client.js';
import { parityOf, report } from '../harness/service.parity.js';
import { changeStage } from '../harness/stage.change.js';
import { startToys, type ToyApp, type ToyOptions } from '../toys/toy.app.js';

const NOTHING = Object.fromEntries(MISMATCH_KINDS.map((kind) => [kind, 0]));
const found = (fields: Partial<ParityReport> = {}): ParityReport => ({
  service: 'board',
  old: 'legacy',
  new: 'socketio',
  matched: 0,
  mismatches: {},
  shed: 0,
  examples: [],
  ...fields,
});
const missing = (fields: Partial<Mismatch> = {}): Mismatch => ({
  kind: 'missing',
  room: 'board_b',
  name: 'note',
  wire: 'socketio',
  epoch: 'e',
  offset: 4,
  at: new Date().toISOString(),
  ...fields,
});

describe('what comparing clients report', () => {
  let toys: ToyApp;
  const start = async (options?: ToyOptions) => {
    toys = await startToys({ shadowPercent: 100, ...options });
    await changeStage(toys, 'board', { stage: 'shadow', force: true });
  };
  afterEach(() => toys.close());
  const send = (parity: unknown, n = 1) => report(toys, clientNumber(n), { parity: parity as ParityReport[] });

  it('is nothing before the first report', async () => {
    await start();
    expect(await parityOf(toys, 'board', '?minutes=5')).toEqual({
      service: 'board',
      at: expect.any(String),
      minutes: 5,
      matched: 0,
      shed: 0,
      mismatches: NOTHING,
      examples: [],
      differs: false,
    });
  });

  it('is added up for all clients, and each mismatch makes a difference', async () => {
    await start();
    await send([found({ matched: 10, shed: 2 })], 1);
    expect(await parityOf(toys, 'board')).toMatchObject({ matched: 10, shed: 2, differs: false });
    await send([found({ matched: 5, mismatches: { missing: 1, late: 2 } })], 2);
    expect(await parityOf(toys, 'board')).toMatchObject({
      matched: 15,
      shed: 2,
      mismatches: { ...NOTHING, missing: 1, late: 2 },
      differs: true,
    });
    expect(await parityOf(toys, 'meter')).toMatchObject({ matched: 0, differs: false });
  });

  it('has examples, the latest first, without what a client should not say', async () => {
    await start();
    const at = (ago: number) => new Date(Date.now() - ago).toISOString();
    const late = missing({ kind: 'late', late_ms: 20.4, at: at(3000) });
    const changed = missing({
      kind: 'changed',
      fields: ['text', 'x'.repeat(201), '\u001b[2J'],
      identity: '7',
      at: at(1000),
    });
    await send([found({ examples: [changed, { ...late, payload: 'secret' } as Mismatch] })]);
    const { examples } = await parityOf(toys, 'board');
    expect(examples).toEqual([
      { ...changed, fields: ['text'] },
      { ...late, late_ms: 20 },
    ]);
  });

  it.each([
    ['a room of another service', { room: 'shelf_b' }],
    ['an event that the contract does not have', { name: 'invented' }],
    ['a call that the contract does not have', { kind: 'ack', name: 'note' }],
    ['a kind that does not exist', { kind: 'invented' }],
    ['a wire that does not exist', { wire: 'pigeon' }],
  ])('has no example of %s', async (_name, fields) => {
    await start();
    await send([found({ examples: [missing(fields as Partial<Mismatch>), missing({ offset: 9 })] })]);
    const { examples } = await parityOf(toys, 'board');
    expect(examples.map(({ offset }) => offset)).toEqual([9]);
  });

  it('is read in parts where the rest is nonsense', async () => {
    await start();
    for (const parity of ['all', [null, 7, 'x'], [{ service: 'board' }], [found({ new: 'legacy' })]])
      await send(parity);
    await send([found({ service: 'nothing', matched: 3 }), found({ matched: 1, examples: 'none' as never })]);
    await send([found({ matched: NaN, shed: -5, mismatches: { missing: '9', other: 3 } as never })]);
    await send([found({ matched: 1e12, mismatches: { extra: 1e12 } }), found({ matched: 50 })]);
    expect(await parityOf(toys, 'board')).toMatchObject({
      matched: 100_001,
      shed: 0,
      mismatches: { ...NOTHING, extra: 10_000 },
    });
  });

  it('keeps the latest examples, at most ten of them from one client', async () => {
    await start();
    const now = Date.now();
    const examples = (n: number) =>
      Array.from({ length: 10 }, (_, i) => missing({ offset: 100 * n + i, at: new Date(now - 60 + n).toISOString() }));
    for (let n = 1; n <= 6; n += 1) await send([found({ examples: examples(n) })], n);
    for (let n = 7; n <= 9; n += 1) await send([found({ examples: examples(n) })], 9);
    const shown = (await parityOf(toys, 'board')).examples;
    expect(shown).toHaveLength(50);
    const clients = shown.map(({ offset }) => Math.floor(offset! / 100));
    expect([...new Set(clients)]).toEqual([9, 6, 5, 4, 3]);
  });

  it('is believed from clients of the sample only, also just after the comparison', async () => {
    await start({ shadowPercent: 50 });
    const numbers = Array.from({ length: 20 }, (_, n) => n);
    const shadows = await Promise.all(numbers.map((n) => send([found({ matched: 1 })], n)));
    const chosen = shadows.filter((reply) => reply.shadows!.board).length;
    expect(chosen).toBeGreaterThan(0);
    expect(chosen).toBeLessThan(20);
    expect((await parityOf(toys, 'board')).matched).toBe(chosen);
    await report(toys, '', { parity: [found({ matched: 1 })] });
    expect((await parityOf(toys, 'board')).matched).toBe(chosen);
    await changeStage(toys, 'board', { stage: 'legacy' });
    for (const n of numbers) await send([found({ matched: 1 })], n);
    expect((await parityOf(toys, 'board')).matched).toBe(2 * chosen);
  });

  it('is believed from nobody at a stage without a comparison', async () => {
    toys = await startToys({ shadowPercent: 100 });
    await send([found({ matched: 1, examples: [missing()] })]);
    expect(await parityOf(toys, 'board')).toMatchObject({ matched: 0, examples: [] });
  });

  it('counts at most twenty reports of one client a minute', async () => {
    await start();
    for (let n = 0; n < 25; n += 1) await send([found({ matched: 1 })]);
    await send([found({ matched: 1 })], 2);
    expect((await parityOf(toys, 'board')).matched).toBe(21);
  });

  it('is shown to nobody without the admin token, for known services and minutes only', async () => {
    await start();
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}x` };
    expect((await fetch(`${toys.url}/admin/migration/board/parity`, { headers })).status).toBe(401);
    await expect(parityOf(toys, 'nothing')).rejects.toThrow('service.unknown');
    for (const minutes of ['0', '1441', 'all']) {
      await expect(parityOf(toys, 'board', `?minutes=${minutes}`)).rejects.toThrow('input.invalid');
    }
  });

  it('survives a restart', async () => {
    const folder = fastFolder();
    const openStore = () => openLmdbStore(folder);
    try {
      await start({ openStore });
      await send([found({ matched: 4, mismatches: { missing: 1 }, examples: [missing()] })]);
      await toys.close();
      toys = await startToys({ shadowPercent: 100, openStore });
      await send([found({ matched: 2, examples: [missing({ offset: 5 })] })]);
      const { matched, mismatches, examples } = await parityOf(toys, 'board');
      expect([matched, mismatches.missing]).toEqual([6, 1]);
      expect(examples.map(({ offset }) => offset)).toEqual([5, 4]);
    } finally {
      await toys.close();
      rmSync(folder, { recursive: true });
    }
  });
});
