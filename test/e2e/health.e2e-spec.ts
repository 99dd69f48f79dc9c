import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MigrationState, ServiceHealth } from '@switchyard/contract';
import { MemoryStore } from '@switchyard/server';
import { AdminClient } from '../harness/admin.client.js';
import { openSocket } from '../harness/clients.js';
import { fastFolder } from '../harness/fast.folder.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { figuresOf } from '../harness/service.figures.js';
import { until } from '../harness/until.js';
import { HealthWatch } from '../../libs/server/src/health/health.watch.js';
import { startToys, type ToyApp, type ToyOptions } from '../toys/toy.app.js';

const THRESHOLDS = { calls_failed: { max: 0.005 } };

describe('the health of a service', () => {
  let toys: ToyApp | undefined;
  let folder: string;
  beforeEach(() => {
    folder = fastFolder();
  });
  afterEach(async () => {
    await toys?.close();
    toys = undefined;
    rmSync(folder, { recursive: true });
  });

  const path = () => join(folder, 'slo.json');
  const write = (file: object | string) =>
    writeFileSync(path(), typeof file === 'string' ? file : JSON.stringify(file));
  const start = async (options: ToyOptions = {}) => {
    toys = await startToys({ sloFile: path(), ...options });
    toys.board.open('b');
    return new AdminClient(toys.url);
  };
  const health = async (admin: AdminClient) => (await admin.ask<ServiceHealth>('/board/health')).body;
  /** Makes calls on the new wire until the health is so; each tenth call fails if they are to fail. */
  const untilSo = (admin: AdminClient, wanted: Partial<ServiceHealth>, fail: boolean) =>
    until(`a service that is ${JSON.stringify(wanted)}`, async () => {
      const socket = await openSocket(toys!.url, '/board').connected();
      const calls = Array.from({ length: 40 }, (_, n) =>
        fail && n % 10 === 0 ? socket.call('fail', {}) : socket.call('post', { board_id: 'b', text: 'x' }),
      );
      await Promise.all(calls);
      await socket.close();
      const now = await health(admin);
      return now.state === wanted.state && now;
    });

  it('is healthy while calls succeed, and breached when they fail on the new wire', async () => {
    write({ default: { window_s: 0.3, min_sample: 20, rollback: false, thresholds: THRESHOLDS } });
    const admin = await start();
    await admin.change('board', { stage: 'socketio', force: true });
    expect(await untilSo(admin, { state: 'healthy' }, false)).toMatchObject({
      service: 'board',
      window_s: 0.3,
      breaches: [],
    });
    const { breaches } = (await untilSo(admin, { state: 'breached' }, true)) as ServiceHealth;
    expect(breaches).toMatchObject([{ threshold: 'calls_failed', limit: 0.005 }]);
    expect(breaches[0]!.text).toMatch(/^[\d.]+ % of \d+ calls failed on the new wire, more than 0.5 %$/);
  });

  it('is judged also where the clock was ahead when the stage was changed', async () => {
    write({ default: { window_s: 0.3, min_sample: 20, rollback: false, thresholds: THRESHOLDS } });
    const store = new MemoryStore();
    const changed: Omit<MigrationState, 'service'> = {
      stage: 'socketio',
      percent: 100,
      closed: false,
      held: false,
      updated_at: new Date(Date.now() + 3_600_000).toISOString(),
      updated_by: 'ada',
      reason: 'a clock that is wrong',
    };
    await store.documents.write([{ collection: 'migration', id: 'board', value: { service: 'board', ...changed } }]);
    const admin = await start({ openStore: () => Promise.resolve(store) });
    await untilSo(admin, { state: 'healthy' }, false);
  });

  it('is unknown, with the reason, where no thresholds are declared', async () => {
    const admin = await start();
    await admin.change('board', { stage: 'socketio', force: true });
    expect(await health(admin)).toMatchObject({ state: 'unknown', reason: 'no thresholds are declared' });
    expect((await admin.ask('/nothing/health')).status).toBe(404);
  });

  it('follows edits of the file, and keeps the last good one', async () => {
    const admin = await start();
    await admin.change('board', { stage: 'socketio', force: true });
    const seen = async (wanted: { reason: RegExp; window_s: number }) =>
      until('that health', async () => {
        const now = await health(admin);
        return wanted.reason.test(now.reason ?? '') && now.window_s === wanted.window_s;
      });
    write({ services: { board: { window_s: 0.2, thresholds: THRESHOLDS } } });
    const little = /^too little happened: 0 of 200 calls in the last \d+ s$/;
    await seen({ reason: little, window_s: 0.2 });
    write({ services: { board: { window_s: 'short' } } });
    const windows: string[] = [];
    toys!
      .get(HealthWatch)
      .evaluated$.subscribe(({ health: { service, at } }) => service === 'board' && windows.push(at));
    await until('two more windows', () => windows.length > 1);
    await seen({ reason: little, window_s: 0.2 });
    write({ services: { board: { window_s: 0.3, thresholds: THRESHOLDS } } });
    await seen({ reason: little, window_s: 0.3 });
    rmSync(path());
    await seen({ reason: /^no thresholds are declared$/, window_s: 10 });
  });

  it('is breached when the new wire dies right after a promotion', async () => {
    write({
      default: { window_s: 1, rollback: false, thresholds: { connections_lost: { max: 0.3, min_sample: 20 } } },
    });
    const admin = await start();
    await admin.change('board', { stage: 'shadow' });
    const proxy = await FaultProxy.to(toys!.port);
    await admin.change('board', { stage: 'canary', percent: 100 });
    const open = () => openSocket(proxy.url, '/board', { reconnection: true }).connected();
    await Promise.all(Array.from({ length: 60 }, open));
    await until('connections that were counted', async () => (await figuresOf(toys!, 'board')).clients.socketio === 60);
    const states: string[] = [];
    toys!.get(HealthWatch).evaluated$.subscribe(({ health: { service, state } }) => {
      if (service === 'board') states.push(state);
    });
    proxy.refuse();
    proxy.cutClean();
    await until('a breach', () => states.includes('breached'));
    expect(states.indexOf('breached')).toBeLessThan(2);
    await proxy.close();
  });

  it('has to be declared without errors before the server starts', async () => {
    write({ default: { thresholds: { calls_failed: { max: 5 } } } });
    await expect(start()).rejects.toThrow(
      /unable to read the thresholds in .*slo\.json; default\.thresholds\.calls_failed\.max must be a number from 0 to 1/,
    );
  });
});
