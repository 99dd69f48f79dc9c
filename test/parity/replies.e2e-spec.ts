import { Realtime, ServiceClient } from '@switchyard/client';
import type { Mismatch, ParityReport } from '@switchyard/contract';
import { WebSocket } from 'ws';
import { changeStage } from '../harness/stage.change.js';
import { until } from '../harness/until.js';
import { meter, meterLegacy, type MeterTypes } from '../toys/meter.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';
import { readSocketio } from './wire.frame.js';
import { WireProxy } from './wire.proxy.js';

describe('a page on the old wire that compares it with Socket.IO', () => {
  let toys: ToyApp;
  let proxy: WireProxy;
  let realtime: Realtime;
  let reports: ParityReport[];
  beforeEach(async () => {
    toys = await startToys({ shadowPercent: 100 });
    await changeStage(toys, 'meter', { stage: 'shadow', force: true });
    toys.meter.readings.set('m', { meter_id: 'm', value: 0 });
    proxy = await WireProxy.to(toys.url, { path: '/socket.io/', read: readSocketio });
    reports = [];
  });
  afterEach(async () => {
    realtime.close();
    await proxy.close();
    await toys.close();
  });

  /** Opens a page that compares, and waits until both wires bring events. */
  async function open(): Promise<ServiceClient<MeterTypes>> {
    const record: typeof fetch = (url, init) => {
      const address = url instanceof Request ? url.url : url.toString();
      if (address.includes('/realtime/stats')) {
        const { parity = [] } = JSON.parse(init!.body as string) as { parity?: ParityReport[] };
        reports.push(...parity);
      }
      return fetch(url, init);
    };
    realtime = new Realtime({
      url: proxy.url,
      WebSocket,
      fetch: record,
      reportEveryMs: 50,
    });
    const client = new ServiceClient<MeterTypes>(realtime, meter, { legacy: meterLegacy });
    client.room('m').messages$.subscribe();
    let value = 0;
    await until('an event of the compared wire', async () => {
      toys.meter.set({ meter_id: 'm', value: (value = (value + 1) % 50) });
      await toys.meter.published;
      return proxy.events > 0;
    });
    return client;
  }
  const found = (): Mismatch[] => reports.flatMap(({ examples }) => examples);

  it('finds that the reply to a repeatable call differs, and names the call and the field', async () => {
    const client = await open();
    const injected = proxy.inject({ kind: 'ack', change: (reply) => ({ ...reply, value: 98 }) });
    await client.call('set', { meter_id: 'm', value: 70 });
    await injected;
    await until('a reported mismatch', () => found().length > 0);
    expect(found()).toEqual([
      expect.objectContaining({ kind: 'ack', name: 'set', wire: 'socketio', fields: ['value'] }),
    ]);
  });

  it('finds nothing where the replies are equal, and the call ran once', async () => {
    const client = await open();
    let runs = 0;
    const { readings } = toys.meter;
    const write = readings.set.bind(readings);
    readings.set = (...reading) => {
      runs += 1;
      return write(...reading);
    };
    const before = reports.length;
    await client.call('set', { meter_id: 'm', value: 70 });
    // The event and the reply.
    await until('a report', () => reports.slice(before).reduce((sum, { matched }) => sum + matched, 0) >= 2);
    expect({ runs, found: found() }).toEqual({ runs: 1, found: [] });
  });
});
