import WebSocket from 'ws';
import { Realtime } from '../src/realtime/realtime.js';
import type { RealtimeOptions } from '../src/realtime/realtime.options.js';
import { ServiceClient } from '../src/service/service.client.js';
import { meter, notes, notesLegacy } from './notes.contract.js';
import { StandIn } from './stand-in.server.js';

/** A server, and pages on it; everything is closed after each test of the file that uses it. */
export function useStandIn() {
  const open: { close(): unknown }[] = [];
  afterEach(async () => {
    await Promise.all(
      open
        .splice(0)
        .reverse()
        .map((one) => one.close()),
    );
  });
  return {
    async server(): Promise<StandIn> {
      const server = await StandIn.open();
      open.push(server);
      return server;
    },
    /** Does something every millisecond until told to stop. */
    repeatedly(action: () => void): () => void {
      const timer = setInterval(action, 1);
      const stop = () => clearInterval(timer);
      open.push({ close: stop });
      return stop;
    },
    /** A page with waits short enough for a test. */
    page(url: string, options: RealtimeOptions = {}) {
      const realtime = new Realtime({
        url,
        WebSocket,
        reconnect: { minMs: 20, maxMs: 40 },
        polling: { intervalMs: 30 },
        ...options,
      });
      open.push(realtime);
      return {
        realtime,
        notes: new ServiceClient(realtime, notes, { legacy: notesLegacy }),
        meter: new ServiceClient(realtime, meter),
      };
    },
  };
}
