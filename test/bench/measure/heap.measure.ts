import { setTimeout as pause } from 'node:timers/promises';
import type { Measure } from './measure.js';

/** What a connected client that is in one room costs on the server's heap. */
export const heap: Measure = {
  name: 'heap',
  title: 'heap per connection',
  unit: 'KB',
  target: 1.6,
  async take({ server, load, url }, { connections }) {
    // Once without counting: what the first connections allocate for good is no connection's share.
    await load.ask('connect', url, connections);
    await load.ask('disconnect');
    while ((await server.ask('connections')) > 0) await pause(20);
    const before = await server.ask('heap');
    await load.ask('connect', url, connections);
    return ((await server.ask('heap')) - before) / connections / 1024;
  },
};
