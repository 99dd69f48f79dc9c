import { Realtime, ServiceClient } from '@switchyard/client';
import { MemoryStore, Stages, type RealtimeOptions } from '@switchyard/server';
import { TypedInMemoryProvider } from '@openfeature/server-sdk';
import { WebSocket } from 'ws';
import { HealthWatch } from '../../libs/server/src/health/health.watch.js';
import { AdminClient } from '../harness/admin.client.js';
import { openSocket } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { figuresOf } from '../harness/service.figures.js';
import { TestSloFile } from '../harness/slo.file.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { VaseTaps } from '../toys/vase.taps.js';
import { VaseGateway, vase, vaseLegacy, type VaseTypes } from '../toys/vase.toy.js';

const CALLS = { thresholds: { calls_failed: { max: 0.005 } } };

describe('a service whose new wire fails', () => {
  let slo: TestSloFile;
  let store: MemoryStore;
  let toys: ToyApp;
  let admin: AdminClient;
  let gateway: VaseGateway;
  const pages: Realtime[] = [];
  beforeEach(() => {
    store = new MemoryStore();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) page.close();
    await toys.close();
    slo.remove();
  });

  const start = async (options: Partial<RealtimeOptions> = {}) => {
    const openStore = () => Promise.resolve(store);
    toys = await startToys({ sloFile: slo.path, openStore, providers: [VaseGateway], ...options });
    admin = new AdminClient(toys.url);
    gateway = toys.get(VaseGateway);
  };
  const tripped = async (what: string) => {
    await until(what, async () => (await admin.state('vase')).updated_by === 'switchyard');
    return admin.state('vase');
  };
  /** The next windows end. */
  const windows = async (count: number) => {
    let seen = 0;
    const subscription = toys.get(HealthWatch).evaluated$.subscribe(({ health }) => {
      if (health.service === 'vase') seen += 1;
    });
    await until(`the end of ${count} windows`, () => seen >= count);
    subscription.unsubscribe();
  };
  const openPage = (n: number) => {
    const page = new Realtime({ url: toys.url, clientId: `page-of-the-vase-${n}`, WebSocket });
    pages.push(page);
    const client = new ServiceClient<VaseTypes>(page, vase, { legacy: vaseLegacy });
    client.room('v').messages$.subscribe();
  };

  it('goes back within two windows when 5 % of its calls fail, and its clients move', async () => {
    slo = TestSloFile.of({ ...CALLS, window_s: 1 });
    await start();
    await admin.change('vase', { stage: 'canary', percent: 30, force: true });
    await admin.change('vase', { stage: 'canary', percent: 100 });
    for (const n of [1, 2, 3]) openPage(n);
    await until('three pages on the new wire', async () => (await figuresOf(toys, 'vase')).clients.socketio === 3);
    await VaseTaps.at(toys.url);
    await until('a healthy service', async () => toys.get(HealthWatch).of('vase').state === 'healthy');
    gateway.failEvery = 20;
    let ended = 0;
    toys.get(HealthWatch).evaluated$.subscribe(({ health }) => (ended += health.service === 'vase' ? 1 : 0));
    const state = await tripped('a service that went back');
    // The window in which the failures began is one more.
    expect(ended).toBeLessThanOrEqual(3);
    expect(state).toMatchObject({ stage: 'canary', percent: 30, held: true, closed: false });
    expect(state.reason).toMatch(
      /^automatic rollback; calls_failed: [\d.]+ % of \d+ calls failed on the new wire, more than 0.5 %$/,
    );
  });

  it('sends all its clients to the old wire, and lets nobody promote it before a person clears the hold', async () => {
    slo = TestSloFile.of({ ...CALLS, back_to: 'legacy' });
    await start();
    await admin.change('vase', { stage: 'socketio', force: true });
    for (const n of [1, 2, 3]) openPage(n);
    await until('three pages on the new wire', async () => (await figuresOf(toys, 'vase')).clients.socketio === 3);
    const taps = await VaseTaps.at(toys.url);
    gateway.failEvery = 20;
    await tripped('a service that went back');
    taps.stop();
    const entry = await until('three pages on the old wire', async () => {
      const [newest] = (await admin.audit('vase')).entries;
      const { clients } = await figuresOf(toys, 'vase');
      return clients.legacy === 3 && newest!.effect.moved === 3 && newest;
    });
    expect(entry).toMatchObject({ by: 'switchyard', from: { stage: 'socketio' }, to: { stage: 'legacy', held: true } });
    const promotion = { stage: 'shadow', reason: 'a promotion' };
    expect(await admin.ask('/vase', promotion)).toMatchObject({ status: 409, body: { error: { code: 'stage.held' } } });
    await admin.change('vase', { held: false });
    expect(await admin.change('vase', { stage: 'shadow' })).toMatchObject({ stage: 'shadow', held: false });
  });

  it('goes on to the old wire when it still fails after the cool-down, although it is held', async () => {
    slo = TestSloFile.of({ ...CALLS, cool_down_s: 0.1 });
    await start();
    await admin.change('vase', { stage: 'canary', percent: 30, force: true });
    await admin.change('vase', { stage: 'canary', percent: 90 });
    await VaseTaps.at(toys.url);
    gateway.failEvery = 20;
    await until('the old wire for everybody', async () => (await admin.state('vase')).stage === 'legacy');
    const { entries } = await admin.audit('vase');
    expect(entries.slice(0, 2).map(({ by, from, to }) => [by, from.percent, to.stage, to.percent, to.held])).toEqual([
      ['switchyard', 30, 'legacy', 0, true],
      ['switchyard', 90, 'canary', 30, true],
    ]);
    expect((await admin.ask('/vase', { stage: 'shadow', reason: 'held' })).status).toBe(409);
  });

  it('remembers after a restart that it cools down', async () => {
    slo = TestSloFile.of(CALLS);
    await start();
    await admin.change('vase', { stage: 'canary', percent: 90, force: true });
    await VaseTaps.at(toys.url);
    gateway.failEvery = 20;
    await tripped('a service that went back');
    await toys.close();
    await start();
    await admin.change('vase', { held: false });
    const promoted = await admin.change('vase', { stage: 'canary', percent: 90, force: true });
    await VaseTaps.at(toys.url);
    gateway.failEvery = 20;
    await until('a breach', () => toys.get(HealthWatch).of('vase').state === 'breached');
    await windows(2);
    expect(await admin.state('vase')).toMatchObject(promoted);
  });

  it('does nothing when a person changes it in the same moment', async () => {
    slo = TestSloFile.of(CALLS);
    await start();
    await admin.change('vase', { stage: 'canary', percent: 90, force: true });
    await VaseTaps.at(toys.url);
    let changed: Promise<unknown> | undefined;
    toys.get(HealthWatch).evaluated$.subscribe(({ health }) => {
      if (health.state !== 'breached' || changed) return;
      gateway.failEvery = 0;
      changed = toys.get(Stages).change('vase', { stage: 'socketio', reason: 'a person was faster' }, 'ada');
    });
    gateway.failEvery = 20;
    await until('a change by a person', () => changed);
    await windows(3);
    expect(await admin.state('vase')).toMatchObject({ stage: 'socketio', updated_by: 'ada', held: false });
    expect((await admin.audit('vase')).entries.filter(({ by }) => by === 'switchyard')).toEqual([]);
  });

  it('closes the new wire when the flags are those of the application', async () => {
    slo = TestSloFile.of(CALLS);
    const flag = { variants: { on: 'socketio' }, defaultVariant: 'on', disabled: false } as const;
    await start({ flagProvider: new TypedInMemoryProvider({ 'realtime-vase': flag }) });
    await admin.change('vase', { stage: 'canary', percent: 50, force: true });
    openPage(1);
    await until('a page on the new wire', async () => (await figuresOf(toys, 'vase')).clients.socketio === 1);
    const taps = await VaseTaps.at(toys.url);
    gateway.failEvery = 20;
    expect(await tripped('a service that went back')).toMatchObject({ stage: 'legacy', closed: true, held: true });
    taps.stop();
    await until('the page on the old wire', async () => (await figuresOf(toys, 'vase')).clients.legacy === 1);
  });

  it.each([
    ['its file switches that off', { ...CALLS, rollback: false }, 'breached'],
    ['no threshold is declared for it', { thresholds: {} }, 'unknown'],
  ])('stays where it is when %s', async (_, content, state) => {
    slo = TestSloFile.of(content);
    await start();
    const before = await admin.change('vase', { stage: 'socketio', force: true });
    await VaseTaps.at(toys.url);
    gateway.failEvery = 20;
    await windows(2);
    await until('this health', () => toys.get(HealthWatch).of('vase').state === state);
    await windows(2);
    expect(await admin.state('vase')).toMatchObject(before);
  });

  it('goes back within two windows when a proxy cuts and refuses its new wire', async () => {
    slo = TestSloFile.of({ thresholds: { connections_lost: { max: 0.3, min_sample: 20 } }, window_s: 1 });
    await start();
    const proxy = await FaultProxy.to(toys.port);
    await admin.change('vase', { stage: 'canary', percent: 70, force: true });
    const open = () => openSocket(proxy.url, '/vase', { reconnection: true }).connected();
    await Promise.all(Array.from({ length: 60 }, open));
    await until('a healthy service', () => toys.get(HealthWatch).of('vase').state === 'healthy');
    let ended = 0;
    toys.get(HealthWatch).evaluated$.subscribe(({ health }) => (ended += health.service === 'vase' ? 1 : 0));
    proxy.refuse();
    proxy.cutClean();
    const { stage, reason } = await tripped('a service that went back');
    expect(ended).toBeLessThanOrEqual(2);
    expect(stage).toBe('legacy');
    expect(reason).toContain(
      'connections_lost: 100 % of 60 connections were lost and did not come back on the new wire',
    );
    await proxy.close();
  });

  it('stays when a proxy is restarted and its clients come back', async () => {
    slo = TestSloFile.of({ thresholds: { connections_lost: { max: 0.3, min_sample: 20 } }, window_s: 1 });
    await start();
    const proxy = await FaultProxy.to(toys.port);
    const before = await admin.change('vase', { stage: 'canary', percent: 70, force: true });
    const open = () =>
      openSocket(proxy.url, '/vase', {
        reconnection: true,
        reconnectionDelay: 10,
        reconnectionDelayMax: 50,
      }).connected();
    await Promise.all(Array.from({ length: 60 }, open));
    await until('a healthy service', () => toys.get(HealthWatch).of('vase').state === 'healthy');
    proxy.cutClean();
    await until('all of them back', async () => {
      const { totals, clients } = await figuresOf(toys, 'vase');
      return totals.arms.socketio!.connections_lost === 60 && clients.socketio === 60;
    });
    await windows(3);
    expect(await admin.state('vase')).toMatchObject(before);
    await proxy.close();
  });
});
