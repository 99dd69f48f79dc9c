import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RolloutPlan } from '@switchyard/contract';
import { openSocket } from '../harness/clients.js';
import { fastFolder } from '../harness/fast.folder.js';
import { PlanClient } from '../harness/plan.client.js';
import { changeStage } from '../harness/stage.change.js';
import { HealthWatch } from '../../libs/server/src/health/health.watch.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const THRESHOLDS = { window_s: 0.3, min_sample: 20, rollback: false, thresholds: { calls_failed: { max: 0.005 } } };

describe('a rollout plan of a service with thresholds', () => {
  let folder: string;
  let toys: ToyApp;
  let plan: PlanClient;
  beforeEach(async () => {
    folder = fastFolder();
    const sloFile = join(folder, 'slo.json');
    writeFileSync(sloFile, JSON.stringify({ default: THRESHOLDS }));
    toys = await startToys({ sloFile });
    toys.board.open('b');
    plan = new PlanClient(toys.url, 'board');
  });
  afterEach(async () => {
    await toys.close();
    rmSync(folder, { recursive: true });
  });

  /** Makes calls on the new wire until this holds; each tenth one fails if some are to fail. */
  const callUntil = (what: string, is: (plan: RolloutPlan) => boolean, fail: boolean) =>
    until(what, async () => {
      const socket = await openSocket(toys.url, '/board').connected();
      const calls = Array.from({ length: 40 }, (_, n) =>
        fail && n % 10 === 0 ? socket.call('fail', {}) : socket.call('post', { board_id: 'b', text: 'x' }),
      );
      await Promise.all(calls);
      await socket.close();
      const now = await plan.read();
      return is(now) && now;
    }) as Promise<RolloutPlan>;

  it('waits while its calls fail, and is done when they have succeeded for the whole pause', async () => {
    await changeStage(toys, 'board', { stage: 'canary', percent: 50, force: true });
    await plan.start([{ stage: 'socketio', pause_s: 3 }]);
    const isBreached = ({ state, why }: RolloutPlan) => state === 'waiting' && why?.includes('calls failed') === true;
    const breached = await callUntil('a breach', isBreached, true);
    expect(breached.healthy_s).toBe(0);
    expect(breached.why).toMatch(/^[\d.]+ % of \d+ calls failed on the new wire, more than 0.5 %$/);
    const done = await callUntil('its end', ({ state }) => state === 'done', false);
    expect(done.healthy_s).toBeGreaterThanOrEqual(3);
  });

  it('waits while too little happens, and says how much there is of how much, and how to go on', async () => {
    await changeStage(toys, 'board', { stage: 'canary', percent: 50, force: true });
    await plan.start([{ stage: 'socketio', pause_s: 0.001 }]);
    const { why } = await plan.until('the reason', ({ why: now }) => now?.startsWith('too little happened') === true);
    expect(why).toMatch(
      /^too little happened: 0 of 20 calls in the last \d+ s; the pause runs once there are as many; /,
    );
    expect(why).toContain('start the plan again with unwatched and replace');
    expect(await plan.read()).toMatchObject({ state: 'waiting', healthy_s: 0 });
  });

  it('is done when its sample has come together in many windows', async () => {
    await changeStage(toys, 'board', { stage: 'canary', percent: 50, force: true });
    await plan.start([{ stage: 'socketio', pause_s: 0.5 }]);
    const socket = await openSocket(toys.url, '/board').connected();
    let most = 0;
    toys.get(HealthWatch).evaluated$.subscribe(({ health: { service, sample } }) => {
      if (service !== 'board') return;
      most = Math.max(most, sample?.has ?? 0);
      // Far too few for two windows.
      for (let n = 0; n < 3; n += 1) void socket.call('post', { board_id: 'b', text: 'x' });
    });
    await plan.until('its end', ({ state }) => state === 'done');
    expect(most).toBeGreaterThan(10);
    await socket.close();
  });
});
