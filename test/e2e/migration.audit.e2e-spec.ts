import type { MigrationAudit, MoveEffect } from '@switchyard/contract';
import { MemoryStore, Stages, type StageChanged } from '@switchyard/server';
import { effectWrite } from '../../libs/server/src/stages/effect.documents.js';
import { TestFlagFile } from '../harness/flag.file.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import { AdminClient } from '../harness/admin.client.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { startNodes } from '../toys/toy.nodes.js';

/** The audit of the board once each of its changes has its figures, which no change waits for. */
const withFigures = async (admin: AdminClient) =>
  (await until('the figures', async () => {
    const page = await admin.audit('board');
    return page.entries.slice(0, -1).every(({ figures }) => figures) ? page : undefined;
  }))!;

const percents = (entries: readonly MigrationAudit[]) => entries.map(({ to }) => to.percent);

describe('the audit of a service', () => {
  let file: TestFlagFile;
  let store: MemoryStore;
  let toys: ToyApp;
  let admin: AdminClient;
  beforeEach(async () => {
    store = new MemoryStore();
    file = await TestFlagFile.of({ board: { stage: 'canary', percent: 1 } });
    toys = await startToys({ flagsFile: file.path, openStore: () => Promise.resolve(store) });
    admin = new AdminClient(toys.url);
  });
  afterEach(async () => {
    await toys.close();
    await file.remove();
  });

  const ramp = async (from: number, to: number) => {
    for (let percent = from; percent <= to; percent += 1) {
      await admin.change('board', { stage: 'canary', percent, reason: `to ${percent}` });
    }
  };

  it('has every change with the person, the reason and both states, newest first, and the seed at its end', async () => {
    const { updated_at } = await admin.state('board');
    const changed = await admin.change('board', { stage: 'canary', percent: 2, reason: 'a little more' });
    const { entries, next } = await withFigures(admin);
    expect(next).toBeUndefined();
    const seed = { stage: 'canary', percent: 1, updated_at, updated_by: 'flags', reason: 'seeded from flags.json' };
    const effect = { told: 0, moved: 0 };
    expect(entries).toEqual([
      {
        id: expect.any(String),
        at: changed.updated_at,
        by: 'ada',
        from: expect.objectContaining(seed),
        to: changed,
        effect,
        figures: expect.any(Object),
      },
      {
        id: expect.any(String),
        at: updated_at,
        by: 'flags',
        from: expect.objectContaining({ stage: 'legacy', percent: 0 }),
        to: expect.objectContaining(seed),
        effect,
      },
    ]);
  });

  it('names the admin where the header for the person is empty', async () => {
    const { updated_by } = await new AdminClient(toys.url, '').change('board', { stage: 'canary', percent: 2 });
    expect(updated_by).toBe('admin');
  });

  it('comes in pages that have every entry once, also when more is added meanwhile', async () => {
    await ramp(2, 9);
    const first = await admin.audit('board', '?limit=3');
    expect(percents(first.entries)).toEqual([9, 8, 7]);
    expect(first.next).toBe(first.entries[2]!.id);
    await ramp(10, 11);
    const rest: number[] = [];
    for (let next = first.next; next !== undefined;) {
      const page = await admin.audit('board', `?limit=3&before=${next}`);
      rest.push(...percents(page.entries));
      next = page.next;
    }
    expect(rest).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('has 50 entries a page where no limit is given, and ids that sort in the order of the changes', async () => {
    // Without HTTP in between, many changes come in the same millisecond.
    for (let percent = 2; percent <= 60; percent += 1) {
      await toys.get(Stages).change('board', { stage: 'canary', percent, reason: 'a step' }, 'ada');
    }
    const { entries } = await admin.audit('board');
    expect(percents(entries)).toEqual(Array.from({ length: 50 }, (_, n) => 60 - n));
    const all = (await admin.audit('board', '?limit=500')).entries.map(({ id }) => id);
    expect(all).toHaveLength(60);
    expect([...all].sort().reverse()).toEqual(all);
  });

  it('has no entry of another service', async () => {
    await admin.change('shelf', { stage: 'shadow' });
    const [shelf] = (await admin.audit('shelf')).entries;
    expect((await admin.audit('board')).entries).toHaveLength(1);
    const { status, body } = await admin.ask('/board/audit?before=' + shelf!.id);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('"field":"before"');
  });

  it.each([
    ['?limit=0', 400, 'limit'],
    ['?limit=501', 400, 'limit'],
    ['?limit=ten', 400, 'limit'],
    ['?limit=1.5', 400, 'limit'],
    ['?limit=', 400, 'limit'],
    ['?before=nobody', 400, 'before'],
    ['?before=', 400, 'before'],
    [`?before=${'x'.repeat(2000)}`, 400, 'before'],
  ])('refuses %s', async (query, expected, field) => {
    const { status, body } = await admin.ask(`/board/audit${query}`);
    expect(status).toBe(expected);
    expect(JSON.stringify(body)).toContain(`"field":"${field}"`);
  });

  it('is refused without the token, and for a service that there is not', async () => {
    expect((await new AdminClient(toys.url, 'eve', 'a-wrong-token').ask('/board/audit')).status).toBe(401);
    expect((await admin.ask('/nothing/audit')).body).toMatchObject({ error: { code: 'service.unknown' } });
  });

  it('has no entry for a change that was refused', async () => {
    await admin.ask('/board', { stage: 'retired', reason: 'hurry' });
    await admin.ask('/board', { stage: 'canary', percent: 101, reason: 'more' });
    expect((await admin.audit('board')).entries).toHaveLength(1);
  });

  it('goes on after a restart', async () => {
    await ramp(2, 3);
    const before = (await withFigures(admin)).entries;
    await toys.close();
    toys = await startToys({ flagsFile: file.path, openStore: () => Promise.resolve(store) });
    admin = new AdminClient(toys.url);
    expect((await admin.audit('board')).entries).toEqual(before);
    await ramp(4, 4);
    expect((await admin.audit('board')).entries.slice(1)).toEqual(before);
  });

  it('is named by the change that it is about, and has the sum of what every process saw', async () => {
    const changes: StageChanged[] = [];
    toys.get(Stages).changes$.subscribe((change) => changes.push(change));
    await ramp(2, 2);
    const [{ id }] = (await admin.audit('board')).entries as [MigrationAudit];
    expect(changes.map(({ audit, to }) => [audit, to.percent])).toEqual([[id, 2]]);
    const record = (node: string, effect: MoveEffect) => store.documents.write([effectWrite(id, node, effect)]);
    await record('one', { told: 1, moved: 0, told_ms: 5 });
    await record('one', { told: 3, moved: 2, told_ms: 40, moved_ms: 300 });
    await record('two', { told: 4, moved: 1, told_ms: 30, moved_ms: 900 });
    const [entry, seed] = (await admin.audit('board')).entries;
    expect(entry!.effect).toEqual({ told: 7, moved: 3, told_ms: 40, moved_ms: 900 });
    expect(seed!.effect).toEqual({ told: 0, moved: 0 });
  });

  it('is one for all processes, each of which names the same entry', async () => {
    const redis = await TestRedis.start();
    const nodes = await startNodes(redis, { flagsFile: file.path });
    try {
      const seen = nodes.map(() => [] as (string | undefined)[]);
      nodes.forEach((node, n) => node.get(Stages).changes$.subscribe(({ audit }) => seen[n]!.push(audit)));
      const [one, two] = nodes.map(({ url }) => new AdminClient(url)) as [AdminClient, AdminClient];
      await one.change('board', { stage: 'canary', percent: 2 });
      await until('the change', () => seen[1]!.length === 1);
      await two.change('board', { stage: 'canary', percent: 3 });
      await until('the change', () => seen[0]!.length === 2);
      const { entries } = await withFigures(one);
      expect(percents(entries)).toEqual([3, 2, 1]);
      expect(seen.map((ids) => [...ids].reverse())).toEqual([0, 1].map(() => entries.slice(0, 2).map(({ id }) => id)));
      expect(await two.audit('board')).toEqual({ entries });
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
      await redis.stop();
    }
  });
});
