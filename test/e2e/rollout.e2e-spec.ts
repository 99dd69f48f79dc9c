import { Realtime, ServiceClient } from '@switchyard/client';
import type { MigrationChange, RolloutStep, ServiceHealth } from '@switchyard/contract';
import { MemoryStore } from '@switchyard/server';
import { WebSocket } from 'ws';
import { HealthSource } from '../../libs/server/src/rollout/health.source.js';
import type { PlanDocument } from '../../libs/server/src/rollout/plan.document.js';
import { PlanStore } from '../../libs/server/src/rollout/plan.store.js';
import { AdminClient } from '../harness/admin.client.js';
import { TestFlagFile } from '../harness/flag.file.js';
import { PlanClient } from '../harness/plan.client.js';
import { changeStage } from '../harness/stage.change.js';
import { until } from '../harness/until.js';
import { board, boardLegacy, type BoardTypes } from '../toys/board.toy.js';
import { startToys, type ToyApp, type ToyOptions } from '../toys/toy.app.js';

const CLIENTS = 20;
/** Longer than a test runs. */
const LONG_S = 3600;
/** How often the server looks at a plan, in ms. */
const LOOK_MS = 50;

const canary = (percent: number, pause_s: number): RolloutStep => ({ stage: 'canary', percent, pause_s });
const socketio = (pause_s: number): RolloutStep => ({ stage: 'socketio', pause_s });

/** A page that shows a board. */
class Page {
  texts: string[] = [];
  private readonly realtime: Realtime;
  private readonly client: ServiceClient<BoardTypes>;

  constructor(url: string, clientId: string) {
    this.realtime = new Realtime({ url, clientId, WebSocket });
    this.client = new ServiceClient<BoardTypes>(this.realtime, board, { legacy: boardLegacy });
    this.client.room('b').messages$.subscribe((message) => {
      if (message.kind === 'snapshot') this.texts = message.snapshot.notes.map(({ text }) => text);
      else if (message.kind === 'event' && message.event === 'note') this.texts.push(message.payload.text);
    });
  }

  isOn(wire: string): boolean {
    const { connection } = this.client;
    return connection.state$.value === 'subscribed' && connection.wire === wire;
  }

  close(): void {
    this.realtime.close();
  }
}

describe('a rollout plan', () => {
  let toys: ToyApp;
  let plan: PlanClient;
  let ada: AdminClient;
  const start = async (options?: ToyOptions) => {
    toys = await startToys({ planLookMs: LOOK_MS, ...options });
    toys.board.open('b');
    plan = new PlanClient(toys.url, 'board');
    ada = new AdminClient(toys.url);
  };
  beforeEach(() => start());
  afterEach(() => toys.close());

  /** Decides the health of every service from now on. */
  const health = (state: ServiceHealth['state'] | 'away') => {
    const source = toys.app.get(HealthSource);
    const breaches = [{ threshold: 'errors', observed: 9, limit: 1, sample: 300, text: '9 % of the calls fail' }];
    jest.spyOn(source, 'isWatched').mockReturnValue(true);
    jest.spyOn(source, 'of').mockImplementation(async (service) => {
      if (state === 'away') throw new Error('no figures');
      const at = new Date().toISOString();
      const reason = state === 'unknown' && { reason: 'a quiet night' };
      return { service, state, at, window_s: 10, breaches: state === 'breached' ? breaches : [], ...reason };
    });
  };
  /** The plan as the store has it, with milliseconds. */
  const stored = () => toys.get(PlanStore).get('board') as Promise<PlanDocument>;
  const healthier = (than_ms: number): Promise<PlanDocument> =>
    until('a pause that runs', async () => {
      const now = await stored();
      return now.state === 'running' && now.healthy_ms > than_ms && now;
    }) as Promise<PlanDocument>;

  it('moves the clients step by step, and none of them loses, repeats or reorders an event', async () => {
    health('healthy');
    await changeStage(toys, 'board', { stage: 'shadow' });
    const pages = Array.from(
      { length: CLIENTS },
      (_, n) => new Page(toys.url, `client-number-${String(n).padStart(6, '0')}`),
    );
    await until('the pages', () => pages.every((page) => page.isOn('legacy')));
    let posted = 0;
    const stream = setInterval(() => void toys.board.post({ board_id: 'b', text: String((posted += 1)) }), 5);
    await plan.start([canary(30, 0.3), canary(60, 0.3), socketio(0)]);
    await until('all of them on Socket.IO', () => pages.every((page) => page.isOn('socketio')));
    clearInterval(stream);
    const written = Array.from({ length: posted }, (_, n) => String(n + 1));
    await until('the last event', () => pages.every(({ texts }) => texts.at(-1) === written.at(-1)));
    for (const page of pages) {
      expect(page.texts).toEqual(written);
      page.close();
    }
    expect(await plan.read()).toMatchObject({ state: 'done', step: 2, by: 'ada', reason: 'a test' });
    expect(await plan.places()).toEqual(['legacy', 'shadow', 'canary 30', 'canary 60', 'socketio']);
    const [last] = (await ada.audit('board')).entries;
    expect(last).toMatchObject({ by: 'plan of ada', to: { updated_by: 'plan of ada', reason: 'a test' } });
  });

  it('stands still while the health is unknown, and begins its pause again after a breach', async () => {
    health('healthy');
    await changeStage(toys, 'board', { stage: 'shadow' });
    await plan.start([canary(1, LONG_S), socketio(0)]);
    const before = await healthier(0);
    health('unknown');
    const unknown = await plan.until('it waits', ({ state }) => state === 'waiting');
    expect(unknown.why).toBe('a quiet night');
    const { healthy_ms } = await stored();
    expect(healthy_ms).toBeGreaterThanOrEqual(before.healthy_ms);
    health('away');
    const away = await plan.until('another reason', ({ why }) => why !== unknown.why);
    expect(await stored()).toMatchObject({ state: 'waiting', healthy_ms });
    expect(away.why).toBe('the health could not be read; no figures');
    health('healthy');
    expect((await healthier(healthy_ms)).why).toBeUndefined();
    health('breached');
    expect(await plan.until('a breach', ({ state }) => state === 'waiting')).toMatchObject({
      healthy_s: 0,
      why: '9 % of the calls fail',
      step: 0,
    });
    expect((await stored()).healthy_ms).toBe(0);
    health('healthy');
    await healthier(0);
    expect(await ada.state('board')).toMatchObject({ stage: 'canary', percent: 1 });
  });

  it('does not take a step on a healthy window that ended before the step began', async () => {
    health('healthy');
    const source = toys.app.get(HealthSource);
    const stale = { service: 'board', state: 'healthy', at: '2026-01-01T00:00:00.000Z', window_s: 10, breaches: [] };
    jest.spyOn(source, 'of').mockResolvedValue(stale as ServiceHealth);
    await changeStage(toys, 'board', { stage: 'shadow' });
    await plan.start([canary(1, 0), socketio(0)]);
    const { why } = await plan.until('it waits', ({ state }) => state === 'waiting');
    expect(why).toBe('no whole window has passed since the step began');
    expect(await plan.places()).toEqual(['legacy', 'shadow', 'canary 1']);
  });

  it('needs no health where nobody uses the new wire', async () => {
    health('unknown');
    await plan.start([
      { stage: 'legacy', pause_s: 0 },
      { stage: 'shadow', pause_s: 0 },
      { stage: 'canary', percent: 0.001, pause_s: 0 },
      socketio(0),
    ]);
    await plan.until('it waits', ({ state }) => state === 'waiting');
    expect(await plan.places()).toEqual(['legacy', 'legacy', 'shadow', 'canary 0.001']);
  });

  it('of a service without thresholds is refused, unless the pauses alone are to count', async () => {
    await changeStage(toys, 'board', { stage: 'shadow' });
    const steps = [canary(5, 0), socketio(0)];
    const { status, error } = await plan.put({ steps, reason: 'x' });
    expect([status, error.code]).toEqual([409, 'plan.unwatched']);
    expect(error.help).toContain('"unwatched": true');
    expect(await plan.start(steps, { unwatched: true })).toMatchObject({ unwatched: true, step: 0 });
    await plan.until('its end', ({ state }) => state === 'done');
  });

  it('is refused for a service that is held or closed, and changes nothing', async () => {
    await changeStage(toys, 'board', { stage: 'canary', percent: 5, force: true });
    await changeStage(toys, 'board', { held: true });
    const before = await ada.state('board');
    // The first of them promotes nobody.
    for (const percent of [5, 6]) {
      const { status, error } = await plan.put({ steps: [canary(percent, 1)], reason: 'x', unwatched: true });
      expect([status, error.code]).toEqual([409, 'stage.held']);
      expect(error.details).toMatchObject({ by: 'ada', reason: 'a test' });
    }
    expect(await ada.state('board')).toEqual(before);
    await changeStage(toys, 'board', { held: false, closed: true });
    expect((await plan.put({ steps: [canary(5, 1)], reason: 'x', unwatched: true })).error.code).toBe('plan.closed');
  });

  it('takes the place of another one only when that is over or may be replaced', async () => {
    await changeStage(toys, 'board', { stage: 'shadow' });
    const first = await plan.start([canary(5, LONG_S)], { unwatched: true });
    const bob = new PlanClient(toys.url, 'board', 'bob');
    const body = { steps: [canary(10, LONG_S)], reason: 'faster', unwatched: true };
    const { status, error } = await bob.put(body);
    expect([status, error.code]).toEqual([409, 'plan.running']);
    expect(error.details).toMatchObject({ by: 'ada', reason: 'a test', step: 0, state: 'running' });
    const second = (await bob.put({ ...body, replace: true })).plan;
    expect(second).toMatchObject({ by: 'bob', step: 0, state: 'running' });
    expect(second.id).not.toBe(first.id);
    await plan.change('stopped');
    expect(await plan.start([canary(20, LONG_S)], { unwatched: true })).toMatchObject({ by: 'ada' });
    expect(await plan.places()).toEqual(['legacy', 'shadow', 'canary 5', 'canary 10', 'canary 20']);
  });

  it('is paused, goes on and is stopped by a person', async () => {
    await changeStage(toys, 'board', { stage: 'shadow' });
    await plan.start([canary(5, LONG_S), socketio(0)], { unwatched: true });
    await healthier(0);
    const bob = new PlanClient(toys.url, 'board', 'bob');
    const paused = await bob.change('paused', 'lunch');
    const { healthy_ms } = await stored();
    expect(healthy_ms).toBeGreaterThan(0);
    expect(paused).toMatchObject({ state: 'paused', why: 'bob: lunch', changed_by: 'bob', by: 'ada' });
    const resumed = await plan.change('running');
    expect(resumed).toMatchObject({ state: 'running', healthy_s: paused.healthy_s, changed_by: 'ada' });
    expect(resumed.why).toBeUndefined();
    await healthier(healthy_ms);
    expect(await bob.change('stopped', 'enough')).toMatchObject({ state: 'stopped', why: 'bob: enough' });
    for (const state of ['running', 'paused', 'stopped'] as const) {
      const { status, error } = await plan.put({ state, reason: 'x' });
      expect([status, error.code]).toEqual([409, 'plan.over']);
    }
  });

  it('does not go on while it is paused', async () => {
    await changeStage(toys, 'board', { stage: 'shadow' });
    await plan.start([canary(5, LONG_S), socketio(0)], { unwatched: true });
    await plan.change('paused');
    const other = new PlanClient(toys.url, 'meter');
    // The plan of another service passes all its steps meanwhile.
    await other.start(
      [
        { stage: 'shadow', pause_s: 0.2 },
        { stage: 'canary', percent: 1, pause_s: 0.2 },
      ],
      { unwatched: true },
    );
    await other.until('its end', ({ state }) => state === 'done');
    expect(await stored()).toMatchObject({ state: 'paused', healthy_ms: 0, step: 0 });
  });

  it.each<[Omit<MigrationChange, 'reason'>, string]>([
    [{ stage: 'shadow' }, 'bob moved it to shadow: errors'],
    [{ percent: 1, stage: 'canary' }, 'bob moved it to canary 1 %: errors'],
    [{ stage: 'socketio' }, 'bob moved it to socketio: errors'],
    [{ held: true }, 'bob held it: errors'],
    [{ stage: 'legacy', held: true }, 'bob moved it to legacy and held it: errors'],
  ])('is stopped by the change %j of a person', async (change, why) => {
    await changeStage(toys, 'board', { stage: 'shadow' });
    await plan.start([canary(5, LONG_S), canary(50, 0)], { unwatched: true });
    const to = await new AdminClient(toys.url, 'bob').change('board', { ...change, reason: 'errors' });
    expect(await plan.until('its end', ({ state }) => state === 'stopped')).toMatchObject({ why, changed_by: 'bob' });
    expect(await ada.state('board')).toEqual({ ...to, switch: 'lossless' });
  });

  it('is stopped by a person who moved the service and put it back before anybody looked', async () => {
    await changeStage(toys, 'board', { stage: 'shadow' });
    await plan.start([canary(5, LONG_S)], { unwatched: true });
    const bob = new AdminClient(toys.url, 'bob');
    await bob.change('board', { stage: 'shadow', reason: 'errors' });
    await bob.change('board', { stage: 'canary', percent: 5, reason: 'no errors' });
    const { why } = await plan.until('its end', ({ state }) => state === 'stopped');
    expect(why).toBe('bob moved it to shadow: errors');
  });

  it('is paused by the emergency brake, and goes on when a person resumes it after that', async () => {
    await changeStage(toys, 'board', { stage: 'shadow' });
    await plan.start([canary(5, LONG_S)], { unwatched: true });
    await new AdminClient(toys.url, 'bob').change('board', { closed: true, reason: 'errors' });
    const paused = await plan.until('a pause', ({ state }) => state === 'paused');
    expect(paused).toMatchObject({ why: 'bob closed it: errors', changed_by: 'bob' });
    expect((await plan.put({ state: 'running', reason: 'x' })).error.code).toBe('plan.closed');
    await changeStage(toys, 'board', { closed: false });
    expect(await plan.change('running')).toMatchObject({ state: 'running' });
    await healthier((await stored()).healthy_ms);
  });

  it('goes on after a change that moves, holds and closes nothing', async () => {
    await changeStage(toys, 'board', { stage: 'shadow' });
    await plan.start([canary(5, 0.2), canary(6, 0)], { unwatched: true });
    await changeStage(toys, 'board', { held: false });
    await plan.until('its end', ({ state }) => state === 'done');
    expect(await plan.places()).toEqual(['legacy', 'shadow', 'canary 5', 'canary 5', 'canary 6']);
  });

  it('of a service that the flag file began is stopped by no later edit of the file', async () => {
    await toys.close();
    const file = await TestFlagFile.of({ board: { stage: 'canary', percent: 5 } });
    await start({ flagsFile: file.path });
    await plan.start([canary(5, LONG_S)], { unwatched: true });
    await file.write({ board: { stage: 'canary', percent: 70 }, meter: { stage: 'shadow' } });
    await until('the edit', async () => (await ada.state('meter')).stage === 'shadow');
    await healthier(0);
    expect(await plan.places()).toEqual(['canary 5', 'canary 5']);
    await file.remove();
  });

  it('is unknown for a service without one, and for no service', async () => {
    expect(await plan.read()).toMatchObject({ error: { code: 'plan.not_found' } });
    expect((await plan.put({ state: 'paused', reason: 'x' })).error.code).toBe('plan.not_found');
    const { status, body } = await ada.ask('/nobody/plan');
    expect([status, body]).toEqual([404, { error: expect.objectContaining({ code: 'service.unknown' }) }]);
  });

  it('is for those with the admin token only', async () => {
    const { status } = await new AdminClient(toys.url, 'eve', 'wrong').ask('/board/plan');
    expect(status).toBe(401);
  });

  it('goes on after a restart from where its pause was', async () => {
    await toys.close();
    const store = new MemoryStore();
    await start({ openStore: () => Promise.resolve(store) });
    await changeStage(toys, 'board', { stage: 'shadow' });
    const begun = await plan.start([canary(5, LONG_S)], { unwatched: true });
    const { healthy_ms } = await healthier(0);
    await toys.close();
    await start({ openStore: () => Promise.resolve(store) });
    expect(await plan.read()).toMatchObject({ id: begun.id, step: 0, step_since: begun.step_since });
    expect((await stored()).healthy_ms).toBeGreaterThanOrEqual(healthy_ms);
    await healthier(healthy_ms);
  });
});

describe('a rollout plan', () => {
  let toys: ToyApp;
  let plan: PlanClient;
  let ada: AdminClient;
  beforeAll(async () => {
    toys = await startToys();
    plan = new PlanClient(toys.url, 'board');
    ada = new AdminClient(toys.url);
    await changeStage(toys, 'board', { stage: 'shadow' });
  });
  afterAll(() => toys.close());

  it.each<[string, object, string]>([
    ['an empty list', { steps: [] }, 'steps'],
    ['no list', {}, 'steps'],
    ['51 steps', { steps: Array.from({ length: 51 }, (_, n) => canary(n, 0)) }, 'steps'],
    ['a retirement', { steps: [{ stage: 'retired', pause_s: 0 }] }, 'steps.0.stage'],
    ['four decimals', { steps: [canary(5.0001, 0)] }, 'steps.0.percent'],
    ['101 %', { steps: [canary(101, 0)] }, 'steps.0.percent'],
    ['a canary without a share', { steps: [{ stage: 'canary', pause_s: 0 }] }, 'steps.0.percent'],
    ['a share of no canary', { steps: [{ stage: 'shadow', percent: 5, pause_s: 0 }] }, 'steps.0.percent'],
    ['a negative pause', { steps: [canary(5, -1)] }, 'steps.0.pause_s'],
    ['a pause of 91 days', { steps: [canary(5, 91 * 24 * 3600)] }, 'steps.0.pause_s'],
    ['no pause', { steps: [{ stage: 'canary', percent: 5 }] }, 'steps.0.pause_s'],
    ['an empty reason', { steps: [canary(5, 0)], reason: '' }, 'reason'],
    ['a blank reason', { steps: [canary(5, 0)], reason: ' \t' }, 'reason'],
    ['a list for a step', { steps: [[canary(5, 0)]] }, 'steps'],
    ['a text for a yes', { steps: [canary(5, 0)], unwatched: 'yes' }, 'unwatched'],
    ['an unknown state', { state: 'done' }, 'state'],
    ['a long reason', { state: 'paused', reason: 'x'.repeat(501) }, 'reason'],
  ])('is refused for %s, and the refusal names the field', async (_what, body, field) => {
    const { status, error } = await plan.put({ reason: 'x', ...body });
    expect([status, error.code]).toEqual([400, 'input.invalid']);
    expect(JSON.stringify(error.details)).toContain(`"field":"${field}"`);
    expect((await ada.state('board')).stage).toBe('shadow');
  });

  // The last of them is `retired`, which has one way out.
  it.each<[string, RolloutStep[], number, string[]]>([
    ['legacy', [canary(5, 1)], 0, ['legacy', 'shadow']],
    ['legacy', [{ stage: 'shadow', pause_s: 1 }, socketio(1)], 1, ['canary']],
    ['shadow', [canary(5, 1), canary(5, 1)], 1, ['canary', 'socketio']],
    ['shadow', [canary(5, 1), canary(20, 1), canary(10, 1)], 2, ['canary', 'socketio']],
    ['shadow', [canary(100, 1), canary(99, 1)], 1, ['socketio']],
    ['shadow', [canary(5, 1), { stage: 'shadow', pause_s: 1 }], 1, ['canary', 'socketio']],
    ['socketio', [canary(5, 1)], 0, ['socketio']],
    ['retired', [socketio(1)], 0, []],
  ])('from %s with the steps %j is refused, and the refusal names step %i', async (stage, steps, step, allowed) => {
    await changeStage(toys, 'board', { stage, force: true } as MigrationChange);
    const { status, error } = await plan.put({ steps, reason: 'x', unwatched: true });
    expect([status, error.code]).toEqual([409, 'plan.illegal']);
    expect(error.details).toMatchObject({ step, allowed });
    expect((await plan.places()).at(-1)).toBe(stage);
    expect(await plan.read()).toMatchObject({ error: { code: 'plan.not_found' } });
  });
});
