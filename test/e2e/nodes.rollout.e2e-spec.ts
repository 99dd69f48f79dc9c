import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RolloutStep, ServiceHealth } from '@switchyard/contract';
import { openRedisStore } from '@switchyard/store-redis';
import { HealthSource } from '../../libs/server/src/rollout/health.source.js';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { AdminClient } from '../harness/admin.client.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { PlanClient } from '../harness/plan.client.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import { RestartedApp } from '../restart/restarted.app.js';
import { startNodes } from '../toys/toy.nodes.js';
import { startToys } from '../toys/toy.app.js';

/** Longer than a test runs. */
const LONG_S = 3600;

// Separate processes start slowly while other tests run.
jest.setTimeout(120_000);

const canary = (percent: number, pause_s: number): RolloutStep => ({ stage: 'canary', percent, pause_s });
const climb = (steps: number): RolloutStep[] => Array.from({ length: steps }, (_, n) => canary(n + 1, 0));
const places = (steps: number) => Array.from({ length: steps }, (_, n) => `canary ${n + 1}`);

describe('the rollout plans of several processes', () => {
  let redis: TestRedis;
  const closing: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    redis = await TestRedis.start();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    await redis.stop();
  });

  const startProcess = async () => {
    const data = await mkdtemp(join(tmpdir(), 'switchyard-'));
    const settings = { DATA_DIR: data, REDIS_URL: redis.url, ADMIN_TOKEN, RUN_LEASE_MS: '2500' };
    const app = await RestartedApp.start(settings);
    closing.push(async () => {
      await app.end();
      await rm(data, { recursive: true });
    });
    return app;
  };

  it('take each step once, whoever of them looks', async () => {
    const nodes = await startNodes(redis, { runLeaseMs: 2500 });
    closing.push(...nodes.map((node) => () => node.close()));
    const [a, b] = nodes.map(({ url }) => new PlanClient(url, 'board')) as [PlanClient, PlanClient];
    await new AdminClient(nodes[0].url).change('board', { stage: 'shadow' });
    await a.start(climb(3), { unwatched: true });
    const { id } = await b.until('its end', ({ state }) => state === 'done');
    expect(await b.places()).toEqual(['legacy', 'shadow', ...places(3)]);
    expect((await a.read()).id).toBe(id);
    // The other one goes on at once, whoever of them the owner was.
    await a.start([canary(3, 2), canary(4, 1), canary(5, 0)], { unwatched: true });
    await nodes[0].close();
    await b.until('its end', ({ state }) => state === 'done');
    expect(await b.places()).toEqual(['legacy', 'shadow', ...places(3), ...places(5).slice(2)]);
  });

  it('take each step once when the owner is killed in between', async () => {
    const owner = await startProcess();
    const first = new PlanClient(owner.url, 'tasks');
    await new AdminClient(owner.url).change('tasks', { stage: 'canary', percent: 0, force: true });
    const { id } = await first.start(climb(8), { unwatched: true });
    // It is alone, so the plan is its own also when the other one has begun.
    await first.until('its second step', ({ step }) => step >= 1);
    await first.change('paused');
    const other = new PlanClient((await startProcess()).url, 'tasks');
    const { step } = await other.change('running');
    await other.until('the next step', (plan) => plan.step > step);
    await owner.end('SIGKILL');
    expect(await other.read()).toMatchObject({ id, state: 'running' });
    await other.until('its end', ({ state }) => state === 'done');
    expect((await other.places()).slice(-8)).toEqual(places(8));
  });

  it('are told of a pause through any of them', async () => {
    const nodes = await startNodes(redis);
    closing.push(...nodes.map((node) => () => node.close()));
    const [a, b] = nodes.map(({ url }) => new PlanClient(url, 'board')) as [PlanClient, PlanClient];
    await new AdminClient(nodes[1].url).change('board', { stage: 'shadow' });
    await a.start([canary(1, LONG_S)], { unwatched: true });
    await b.until('a pause that runs', ({ healthy_s }) => healthy_s > 0);
    const { healthy_s } = await b.change('paused', 'lunch');
    const seen = await a.until('the pause', ({ state }) => state === 'paused');
    expect(seen).toMatchObject({ why: 'ada: lunch', healthy_s });
    await a.change('running');
    await b.until('a pause that runs', (plan) => plan.healthy_s > healthy_s);
  });

  it('stand still while Redis is away, and go on when it is back', async () => {
    const proxy = await FaultProxy.to(redis.port);
    closing.push(() => proxy.close());
    const toys = await startToys({ openStore: () => openRedisStore({ url: `redis://127.0.0.1:${proxy.port}` }) });
    closing.push(() => toys.close());
    const [plan, ada] = [new PlanClient(toys.url, 'board'), new AdminClient(toys.url)];
    const source = toys.app.get(HealthSource);
    const health = (state: ServiceHealth['state']) =>
      jest.spyOn(source, 'of').mockImplementation(async (service) => {
        return { service, state, at: new Date().toISOString(), window_s: 10, breaches: [] };
      });
    jest.spyOn(source, 'isWatched').mockReturnValue(true);
    health('unknown');
    await ada.change('board', { stage: 'shadow' });
    await plan.start([canary(1, 0), canary(2, LONG_S)]);
    await plan.until('it waits', ({ state }) => state === 'waiting');
    proxy.refuse();
    proxy.cutClean();
    health('healthy');
    const { status, error } = await plan.put({ state: 'paused', reason: 'x' });
    expect([status, error.code]).toEqual([503, 'store.unavailable']);
    await until('a look without Redis', () => proxy.refused > 0);
    expect((await ada.state('board')).percent).toBe(1);
    proxy.accept();
    await plan.until('the next step', ({ step, state }) => step === 1 && state === 'running');
    expect(await plan.places()).toEqual(['legacy', 'shadow', 'canary 1', 'canary 2']);
  });
});

describe('the rollout plan of an application that is killed', () => {
  let data: string;
  let app: RestartedApp;
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'switchyard-'));
    app = await RestartedApp.start({ DATA_DIR: data, ADMIN_TOKEN });
  });
  afterEach(async () => {
    await app.end();
    await rm(data, { recursive: true });
  });

  it('goes on where its pause was when the application is started again', async () => {
    const plan = new PlanClient(app.url, 'tasks');
    await new AdminClient(app.url).change('tasks', { stage: 'canary', percent: 1, force: true });
    const begun = await plan.start([canary(2, LONG_S)], { unwatched: true });
    const { healthy_s } = await plan.until('a part of its pause', (now) => now.healthy_s >= 1);
    // The disk has this part once a later one is stored.
    await plan.until('another part', (now) => now.healthy_s > healthy_s);
    await app.end('SIGKILL');
    await app.again();
    const resumed = await plan.read();
    expect(resumed).toMatchObject({ id: begun.id, step: 0, step_since: begun.step_since, state: 'running' });
    expect(resumed.healthy_s).toBeGreaterThanOrEqual(healthy_s);
    await plan.until('a pause that runs', (now) => now.healthy_s > resumed.healthy_s);
    expect((await plan.places()).at(-1)).toBe('canary 2');
  });
});
