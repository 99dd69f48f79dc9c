import { setTimeout as pause } from 'node:timers/promises';
import { Realtime, ServiceClient } from '@switchyard/client';
import type { RealtimeConfig } from '@switchyard/contract';
import { tasks, tasksLegacy, type TaskTypes } from '@switchyard/services';
import { WebSocket } from 'ws';
import { LoadRoom } from '../load/load.room.js';
import type { CostFigures, CostPart } from './parity.commands.js';

/** The number of clients that connect at the same time. */
const CONNECTING = 50;
/** The longest time until all clients are connected, and the longest that nothing is measured afterwards, in ms. */
const CONNECT_MS = 60_000;
const MAX_WARM_UP_MS = 2000;
const LOOK_EVERY_MS = 10;

/** The configuration of a client on the old wire, which compares it with Socket.IO or does not. */
function configFor(config: RealtimeConfig, comparing: boolean): RealtimeConfig {
  const { shadow: _, ...address } = config.services[tasks.name]!;
  const own = { ...address, wire: 'legacy', ...(comparing && { shadow: 'socketio' }) };
  return { ...config, services: { [tasks.name]: own } };
}

/** Measures how long changes take to clients on the old wire, of which some compare it with Socket.IO. */
export async function measureDeliveries(part: CostPart): Promise<CostFigures> {
  const { url, clients, comparing, rate, seconds } = part;
  const rooms = await Promise.all(Array.from({ length: part.rooms }, () => LoadRoom.start({ url })));
  const config = (await (await fetch(`${url}/realtime/config`)).json()) as RealtimeConfig;
  const delays: number[] = [];
  let isMeasuring = false;
  const tally = { delivered: 0, lost: 0, duplicated: 0, reordered: 0, snapshots: 0 };
  const pages: { realtime: Realtime; client: ServiceClient<TaskTypes> }[] = [];
  for (let n = 0; n < clients; n += 1) {
    const room = rooms[n % rooms.length]!;
    const clientId = `parity-${process.pid}-${String(n).padStart(6, '0')}`;
    // No reports: in the answer, a server at another stage would end the comparison.
    const reportEveryMs = 0;
    const own = configFor(config, n < comparing);
    const realtime = new Realtime({ url, clientId, WebSocket, config: own, reportEveryMs });
    const client = new ServiceClient<TaskTypes>(realtime, tasks, { legacy: tasksLegacy });
    room.follow(client, tally, (event) => {
      const sent = room.sentAt(event);
      if (isMeasuring && sent !== undefined) delays.push(performance.now() - sent);
    });
    pages.push({ realtime, client });
    if (pages.length % CONNECTING === 0) await subscribed(pages);
  }
  await subscribed(pages);
  for (const room of rooms) {
    room.begin(rate);
    // Not all at once, because people do not write in step.
    await pause(1000 / rate / rooms.length);
  }
  await pause(Math.min(MAX_WARM_UP_MS, seconds * 1000));
  isMeasuring = true;
  await pause(seconds * 1000);
  isMeasuring = false;
  await Promise.all(rooms.map((room) => room.end()));
  const found = pages.flatMap(({ realtime }) => Object.values(realtime.stats().parity));
  pages.forEach(({ realtime }) => realtime.close());
  const sorted = delays.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  const sum = (count: 'matched' | 'mismatches') => found.reduce((total, one) => total + one[count], 0);
  const compared = { matched: sum('matched'), mismatches: sum('mismatches') };
  return { delivered: sorted.length, p50: at(0.5), p99: at(0.99), ...compared };
}

async function subscribed(pages: readonly { client: ServiceClient<TaskTypes> }[]): Promise<void> {
  const until = performance.now() + CONNECT_MS;
  const away = () => pages.find(({ client }) => client.connection.state$.value !== 'subscribed');
  while (away()) {
    if (performance.now() > until)
      throw new Error(`unable to begin; a client is ${away()!.client.connection.state$.value}`);
    await pause(LOOK_EVERY_MS);
  }
}
