import { MemoryStore, Stages } from '@switchyard/server';
import { AdminClient } from '../harness/admin.client.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

describe('a held service', () => {
  let store: MemoryStore;
  let toys: ToyApp;
  let ada: AdminClient;
  let bob: AdminClient;
  beforeEach(async () => {
    store = new MemoryStore();
    toys = await startToys({ openStore: () => Promise.resolve(store) });
    [ada, bob] = [new AdminClient(toys.url), new AdminClient(toys.url, 'bob')];
    await ada.change('board', { stage: 'canary', percent: 20, force: true });
    await ada.change('board', { stage: 'canary', held: true, reason: 'looking at the errors' });
  });
  afterEach(() => toys.close());

  const promotions = [
    { stage: 'canary', percent: 20.5 },
    { stage: 'canary', percent: 100, force: true },
    { stage: 'canary', percent: 30, held: true },
    { stage: 'canary', percent: 30, closed: true },
    { stage: 'socketio' },
    { stage: 'socketio', force: true },
    { stage: 'retired', force: true },
  ];

  it.each(promotions)('refuses %j and says who holds it, since when and why', async (change) => {
    const { updated_at: since } = await ada.state('board');
    // A later change by somebody else does not take over the hold.
    const before = await bob.change('board', { stage: 'canary', percent: 10, reason: 'less' });
    const { status, body } = await bob.ask('/board', { ...change, reason: 'on with it' });
    expect(status).toBe(409);
    const details = { service: 'board', stage: 'canary', since, by: 'ada', reason: 'looking at the errors' };
    expect(body).toEqual({ error: expect.objectContaining({ code: 'stage.held', recoverable: false, details }) });
    expect(await ada.state('board')).toMatchObject(before);
    expect((await ada.audit('board')).entries[0]!.to).toEqual(before);
  });

  it.each([
    [{ stage: 'canary', percent: 5 }],
    [{ stage: 'canary', closed: true }],
    [{ stage: 'shadow' }],
    [{ stage: 'legacy', closed: true }],
    [{ stage: 'canary' }],
    [{ stage: 'canary', held: true }],
  ] as const)('accepts %j and stays held', async (change) => {
    expect(await ada.change('board', change)).toMatchObject({ ...change, held: true });
    expect((await ada.ask('/board', { stage: 'socketio', force: true, reason: 'x' })).status).toBe(409);
  });

  it('keeps its stage when a hold or the brake is changed without naming one', async () => {
    await ada.change('board', { stage: 'shadow' });
    expect(await bob.change('board', { held: false })).toMatchObject({ stage: 'shadow', held: false });
    expect(await bob.change('board', { closed: true })).toMatchObject({ stage: 'shadow', closed: true });
    await ada.change('board', { stage: 'retired', force: true });
    expect(await bob.change('board', { held: true })).toMatchObject({ stage: 'retired', held: true });
  });

  it.each([{}, { percent: 5 }, { force: true }])('is not changed by %j, which names no stage', async (change) => {
    const { status, body } = await ada.ask('/board', { ...change, reason: 'nothing' });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('"field":"stage"');
  });

  it('accepts that its brake is released, which is no promotion', async () => {
    await ada.change('board', { stage: 'canary', closed: true });
    expect(await ada.change('board', { stage: 'canary', closed: false })).toMatchObject({ closed: false, held: true });
  });

  it('is promoted by the change that clears the hold, and by those after it', async () => {
    expect(await bob.change('board', { stage: 'canary', percent: 40, held: false })).toMatchObject({ held: false });
    expect(await bob.change('board', { stage: 'socketio' })).toMatchObject({ stage: 'socketio', held: false });
  });

  it('can be held in the change that promotes it', async () => {
    await ada.change('board', { stage: 'canary', held: false });
    expect(await ada.change('board', { stage: 'canary', percent: 30, held: true })).toMatchObject({ held: true });
    expect((await ada.ask('/board', { stage: 'canary', percent: 31, reason: 'x' })).status).toBe(409);
  });

  it('names an illegal move as illegal, held or not', async () => {
    const { body } = await ada.ask('/board', { stage: 'retired', reason: 'hurry' });
    expect(body).toMatchObject({ error: { code: 'stage.illegal' } });
  });

  it('stays held after a restart, and remembers who holds it', async () => {
    await toys.close();
    toys = await startToys({ openStore: () => Promise.resolve(store) });
    const refused = toys.get(Stages).change('board', { stage: 'socketio', reason: 'again' }, 'bob');
    await expect(refused).rejects.toMatchObject({ code: 'stage.held', details: { by: 'ada' } });
  });

  it('holds no other service', async () => {
    expect(await ada.change('shelf', { stage: 'shadow' })).toMatchObject({ stage: 'shadow', held: false });
  });

  it.each(['yes', 1])('is not asked for by held: %j', async (held) => {
    const { status, body } = await ada.ask('/board', { stage: 'canary', held, reason: 'x' });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('"field":"held"');
  });
});
