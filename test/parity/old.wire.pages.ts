import { setTimeout as pause } from 'node:timers/promises';
import { Realtime, ServiceClient } from '@switchyard/client';
import type { RealtimeConfig } from '@switchyard/contract';
import { tasks, tasksLegacy, type TaskTypes } from '@switchyard/services';
import { WebSocket } from 'ws';
import type { PagesPart } from './parity.commands.js';

/** The number of clients that connect at the same time. */
const CONNECTING = 50;
/** The longest time until all clients are connected, in ms. */
const CONNECT_MS = 60_000;
const LOOK_EVERY_MS = 10;

/** A client on the old wire. */
export interface Page {
  realtime: Realtime;
  client: ServiceClient<TaskTypes>;
}

/** The configuration of a client on the old wire, which compares it with Socket.IO or does not. */
function configFor(config: RealtimeConfig, isComparing: boolean): RealtimeConfig {
  const { shadow: _, ...address } = config.services[tasks.name]!;
  const own = { ...address, wire: 'legacy', ...(isComparing && { shadow: 'socketio' }) };
  return { ...config, services: { [tasks.name]: own } };
}

/** Opens pages; `follow` joins a room with each, and the result comes once all have joined. */
export async function openPages(
  { url, clients, isComparing }: PagesPart,
  follow: (client: ServiceClient<TaskTypes>, n: number) => void,
): Promise<Page[]> {
  const served = (await (await fetch(`${url}/realtime/config`)).json()) as RealtimeConfig;
  const config = configFor(served, isComparing);
  const pages: Page[] = [];
  for (let n = 0; n < clients; n += 1) {
    const clientId = `parity-${process.pid}-${String(n).padStart(6, '0')}`;
    // No reports: in the answer, a server at another stage would end the comparison.
    const realtime = new Realtime({ url, clientId, WebSocket, config, reportEveryMs: 0 });
    const client = new ServiceClient<TaskTypes>(realtime, tasks, { legacy: tasksLegacy });
    pages.push({ realtime, client });
    follow(client, n);
    if (pages.length % CONNECTING === 0) await joined(pages);
  }
  await joined(pages);
  return pages;
}

async function joined(pages: readonly Page[]): Promise<void> {
  const until = performance.now() + CONNECT_MS;
  const away = () => pages.find(({ client }) => client.connection.state$.value !== 'subscribed');
  while (away()) {
    if (performance.now() > until)
      throw new Error(`unable to begin; a client is ${away()!.client.connection.state$.value}`);
    await pause(LOOK_EVERY_MS);
  }
}
