import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { JoinReply, Reply } from '@switchyard/contract';
import { STORE, ServiceRegistry, type Store } from '@switchyard/server';
import { openSocket, openWs } from '../harness/clients.js';
import type { TestSocket } from '../harness/test-socket.js';
import { until } from '../harness/until.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

const RUNS = 400;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const heap = () => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('runs that are over', () => {
  let toys: ToyApp;
  beforeEach(async () => {
    toys = await startToys({ roomRetentionMs: 0 });
  });
  afterEach(() => toys.close());

  /** Starts a run, follows it to its end, and joins again after it. */
  const follow = async (socket: TestSocket, meter_id: string) => {
    toys.meter.readings.set(meter_id, { meter_id, value: 0 });
    await socket.call('join_meter', { meter_id });
    for (const value of [1, 2, 100]) toys.meter.set({ meter_id, value });
    await socket.waitFor(({ args }) => (args[0] as { value: number }).value === 100, 'the end');
    const again = await socket.call<Reply<JoinReply>>('join_meter', { meter_id });
    expect(again).toMatchObject({ ok: true, data: { recovered: false, snapshot: { value: 100 } } });
    await socket.call('leave_meter', { meter_id });
    toys.meter.readings.delete(meter_id);
  };

  it(`leave no room, log, timer or memory behind, after ${RUNS} runs`, async () => {
    const store = toys.app.get<Store>(STORE);
    const runtime = toys.get(ServiceRegistry).get('meter');
    const batch = async (from: number, count: number) => {
      const socket = await openSocket(toys.url, '/meter', { auth: { sdk: 'test' } }).connected();
      for (let n = from; n < from + count; n += 1) {
        await follow(socket, `m${n}`);
        // The memory of a test's client is not a leak of the server.
        (socket.received as unknown[]).length = 0;
      }
      await socket.close();
      const old = await openWs(toys.url, `/api/meters/m${from}/ws`).opened();
      await old.close();
    };
    await batch(0, 200);
    const [heapBefore, timersBefore] = [heap(), timers()];
    for (let from = 200; from < 200 + RUNS; from += 200) await batch(from, 200);
    await until('no room in memory', () => runtime.rooms.size === 0);
    expect(await store.rooms.names()).toEqual([]);
    // The last connection may still be closing.
    await until('no more timers than before', () => timers() <= timersBefore);
    expect(heap() / heapBefore).toBeLessThan(1.05);
  });
});
