import WebSocket from 'ws';
import { Realtime } from '../src/realtime/realtime.js';
import type { RealtimeOptions } from '../src/realtime/realtime.options.js';
import { ServiceClient } from '../src/service/service.client.js';
import { meter, notes, notesLegacy } from './notes.contract.js';
import { NotesServer } from './notes.server.js';

/** Opens pages, and closes what was opened after each test of the file that uses it. */
export function usePages() {
  const open: { close(): unknown }[] = [];
  const closeAll = () =>
    Promise.all(
      open
        .splice(0)
        .reverse()
        .map((one) => one.close()),
    );
  afterEach(closeAll);
  return {
    closeAll,
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
    /** Does something every millisecond until told to stop. */
    repeatedly(action: () => unknown): () => void {
      const timer = setInterval(action, 1);
      const stop = () => clearInterval(timer);
      open.push({ close: stop });
      return stop;
    },
  };
}

/** The server of a file's tests, as new for each of them, and pages on it. */
export function useNotes() {
  const { page, closeAll, repeatedly } = usePages();
  let server: NotesServer;
  beforeAll(async () => {
    server = await NotesServer.start();
    await server.reset();
  });
  afterEach(async () => {
    await closeAll();
    await server.reset();
  });
  afterAll(() => server.close());
  return {
    server: () => server,
    repeatedly,
    /** A page whose sockets and whose HTTP go through proxies of their own. */
    page: (options: RealtimeOptions = {}) =>
      page(server.url, {
        fetch: (input, init) => fetch((input as string).replace(server.url, server.http.url), init),
        ...options,
      }),
  };
}
