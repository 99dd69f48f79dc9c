import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceHealth } from '@switchyard/contract';
import { AdminClient } from '../harness/admin.client.js';
import { openSocket } from '../harness/clients.js';
import { fastFolder } from '../harness/fast.folder.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

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
  const start = async () => {
    toys = await startToys({ sloFile: path() });
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
    expect(breaches[0]!.text).toMatch(/^\d+ % of \d+ calls failed on the new wire, more than 0.5 %$/);
  });
});
