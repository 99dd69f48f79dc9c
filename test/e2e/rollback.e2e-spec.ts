import { Realtime, ServiceClient } from '@switchyard/client';
import { MemoryStore, type RealtimeOptions } from '@switchyard/server';
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
  const tripped = (what: string) =>
    until(what, async () => {
      const state = await admin.state('vase');
      return state.updated_by === 'switchyard' && state;
    });
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
});
