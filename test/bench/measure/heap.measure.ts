import { setTimeout as pause } from 'node:timers/promises';
import type { Measure } from './measure.js';

/** The server's heap for a connected client in one room. */
export const heap: Measure = {
  name: 'heap',
  title: 'heap per connection',
  unit: 'KB',
  target: 1.6,
  async take({ server, load, url }, { connections }) {
    // A first round is not counted, because it includes one-time allocations.
    await load.ask('connect', url, connections);
    await load.ask('disconnect');
    while ((await server.ask('connections')) > 0) await pause(20);
    const before = await server.ask('heap');
    await load.ask('connect', url, connections);
    return ((await server.ask('heap')) - before) / connections / 1024;
  },
};
