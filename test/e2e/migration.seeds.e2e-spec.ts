import type { MigrationState, WireName } from '@switchyard/contract';
import { MemoryStore, Stages, type StageChanged } from '@switchyard/server';
import { TestFlagFile } from '../harness/flag.file.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import { AdminClient } from '../harness/admin.client.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { startNodes } from '../toys/toy.nodes.js';

const SERVICES = ['board', 'meter', 'shelf'];

describe('the stages of the flag file', () => {
  let file: TestFlagFile;
  let store: MemoryStore;
  let toys: ToyApp;
  let admin: AdminClient;
  const start = async () => {
    toys = await startToys({ flagsFile: file.path, openStore: () => Promise.resolve(store) });
    admin = new AdminClient(toys.url);
  };
  beforeEach(async () => {
    store = new MemoryStore();
    file = await TestFlagFile.of({ board: { stage: 'canary', percent: 30 }, meter: { stage: 'socketio' } });
    await start();
  });
  afterEach(async () => {
    await toys.close();
    await file.remove();
  });

  const states = () => toys.get(Stages).all();
  const reasons = () => Object.fromEntries(states().map(({ service, reason }) => [service, reason]));
  const histories = async () => {
    const pages = await Promise.all(SERVICES.map((service) => admin.audit(service)));
    return pages.map(({ entries }) => entries.map(({ to }) => to));
  };

  it('are set once, with the reason and an audit entry', async () => {
    expect(reasons()).toEqual({
      board: 'seeded from flags.json',
      meter: 'seeded from flags.json',
      shelf: 'no flag says otherwise',
    });
    expect(await histories()).toEqual(states().map((state) => [state]));
  });

  it('are the same after a restart, with the time and reason of the change that made them', async () => {
    const before = states();
    await toys.close();
    await start();
    expect(states()).toEqual(before);
    expect(await histories()).toEqual(before.map((state) => [state]));
  });

  it('follow an edit, with a reason and an audit entry that say so, where the flag changed', async () => {
    const [board, meter, shelf] = states() as [MigrationState, MigrationState, MigrationState];
    const changes: StageChanged[] = [];
    toys.get(Stages).changes$.subscribe((change) => changes.push(change));
    await file.write({
      board: { stage: 'canary', percent: 30 },
      meter: { stage: 'shadow' },
      shelf: { stage: 'shadow' },
    });
    await until('the edit', () => changes.length === 2);
    const [, newMeter, newShelf] = states();
    const reason = 'flags.json was edited';
    expect([newMeter, newShelf]).toMatchObject([
      { stage: 'shadow', percent: 0, updated_by: 'flags', reason },
      { stage: 'shadow', updated_by: 'flags', reason },
    ]);
    expect(await histories()).toEqual([[board], [newMeter, meter], [newShelf, shelf]]);
    const audits = await Promise.all(['meter', 'shelf'].map(async (name) => (await admin.audit(name)).entries[0]!.id));
    expect(new Set(changes.map(({ audit }) => audit))).toEqual(new Set(audits));
  });

  it('follow an edit of a rule alone, and end when the flag is removed', async () => {
    const stages = toys.get(Stages);
    const callers = Array.from({ length: 50 }, (_, n) => ({ key: `user:user-${n}`, user: { id: `user-${n}` } }));
    const wires = await Promise.all(callers.map((caller) => stages.wire('board', caller)));
    const [ann, bob] = [callers[wires.indexOf('legacy')]!, callers[wires.indexOf('socketio')]!];
    const targeting = { if: [{ in: [{ var: 'user' }, [ann.user.id]] }, 'socketio'] };
    const before: Promise<WireName | undefined>[] = [];
    stages.changes$.subscribe((change) => before.push(change.before(ann)));
    await file.write({ board: { stage: 'canary', percent: 30, targeting }, meter: { stage: 'socketio' } });
    await until('the rule', () => reasons().board === 'flags.json was edited');
    expect(await stages.wire('board', ann)).toBe('socketio');
    expect(await stages.wire('board', bob)).toBe('legacy');
    await file.write({ meter: { stage: 'socketio' } });
    await until('the edit', () => stages.of('board').stage === 'legacy');
    expect(reasons().board).toBe('flags.json was edited; the flag is gone');
    expect(await stages.wire('board', ann)).toBe('legacy');
    expect(await Promise.all(before)).toEqual(['legacy', 'socketio']);
  });

  it('follow an edit that was made while no process ran', async () => {
    await toys.close();
    await file.write({ board: { stage: 'canary', percent: 40 }, meter: { stage: 'socketio' } });
    await start();
    expect(states()[0]).toMatchObject({ percent: 40, reason: 'flags.json was edited' });
    expect((await histories()).map(({ length }) => length)).toEqual([2, 1, 1]);
  });

  it('do not follow an edit where a person has moved the service, by whatever name, also after a restart', async () => {
    await new AdminClient(toys.url, 'flags').change('board', { stage: 'canary', percent: 10, reason: 'by hand' });
    const moved = toys.get(Stages).of('board');
    await file.write({ board: { stage: 'legacy' }, shelf: { stage: 'shadow' } });
    await until('the edit', () => toys.get(Stages).of('shelf').stage === 'shadow');
    expect(toys.get(Stages).of('board')).toEqual(moved);
    await toys.close();
    await start();
    expect(toys.get(Stages).of('board')).toEqual(moved);
  });

  it.each([
    ['is no JSON', '{'],
    ['has a list of flags', '{"flags":[]}'],
    ['has a rule that flagd does not know', JSON.stringify(flagWith({ nonsense: [1] }))],
  ])('stay as they are when the file %s, and follow it when it is mended', async (_how, text) => {
    const before = states();
    await file.writeText(text);
    // A second process refuses the file as it is, so it was read as such.
    await expect(startToys({ flagsFile: file.path })).rejects.toThrow(/unable to read the flags in .*flags\.json/);
    expect(states()).toEqual(before);
    await file.write({ board: { stage: 'canary', percent: 50 }, meter: { stage: 'socketio' } });
    await until('the edit', () => toys.get(Stages).of('board').percent === 50);
    expect(states()[1]).toEqual(before[1]);
  });

  it('are recorded once by two processes that start together, and by two that see the same edit', async () => {
    const redis = await TestRedis.start();
    const nodes = await startNodes(redis, { flagsFile: file.path });
    try {
      const [one, two] = nodes.map((node) => node.get(Stages)) as [Stages, Stages];
      expect(one.all()).toEqual(two.all());
      const ada = new AdminClient(nodes[0].url);
      const lengths = () => Promise.all(SERVICES.map(async (name) => (await ada.audit(name)).entries.length));
      expect(await lengths()).toEqual([1, 1, 1]);
      await file.write({ board: { stage: 'canary', percent: 40 }, meter: { stage: 'legacy' } });
      await until('the edit', () => [one, two].every((stages) => stages.of('meter').stage === 'legacy'));
      await until('the edit', () => [one, two].every((stages) => stages.of('board').percent === 40));
      expect(one.all()).toEqual(two.all());
      expect(await lengths()).toEqual([2, 2, 1]);
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
      await redis.stop();
    }
  });

  it('of a new version hold while a process with the old file runs on', async () => {
    const redis = await TestRedis.start();
    const newer = await TestFlagFile.of({ board: { stage: 'socketio' } });
    const older = await startNodes(redis, { flagsFile: file.path });
    const node = await startNodes(redis, { flagsFile: newer.path });
    try {
      const all = [...older, ...node];
      await until('the new flag', () => all.every((toy) => toy.get(Stages).of('board').stage === 'socketio'));
      // A change of another service makes every process read the records again.
      await new AdminClient(node[0].url).change('shelf', { stage: 'shadow' });
      await until('the change', () => all.every((toy) => toy.get(Stages).of('shelf').stage === 'shadow'));
      expect(all.map((toy) => toy.get(Stages).of('board').stage)).toEqual(Array(4).fill('socketio'));
    } finally {
      await Promise.all([...older, ...node].map((toy) => toy.close()));
      await newer.remove();
      await redis.stop();
    }
  });
});

function flagWith(targeting: object): object {
  const variants = { legacy: 'legacy', socketio: 'socketio' };
  const metadata = { stage: 'canary', percent: 1 };
  return { flags: { 'realtime-board': { state: 'ENABLED', variants, defaultVariant: 'legacy', targeting, metadata } } };
}
