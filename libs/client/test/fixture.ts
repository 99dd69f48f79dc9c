import WebSocket from 'ws';
import { Realtime } from '../src/realtime/realtime.js';
import type { RealtimeOptions } from '../src/realtime/realtime.options.js';
import { ServiceClient } from '../src/service/service.client.js';
import { meter, notes, notesLegacy } from './notes.contract.js';
import { NotesServer } from './notes.server.js';

/** Opens pages, and closes them after each test of the file. */
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
    /** Opens a page with short waits. */
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
    /** Runs `action` every millisecond until the returned function is called. */
    repeatedly(action: () => unknown): () => void {
      const timer = setInterval(action, 1);
      const stop = () => clearInterval(timer);
      open.push({ close: stop });
      return stop;
    },
  };
}

/** Starts one server for a file's tests, reset after each of them, and opens pages on it. */
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
    /** Opens a page whose sockets and HTTP requests go through a proxy each. */
    page: (options: RealtimeOptions = {}) =>
      page(server.url, {
        fetch: (input, init) => fetch((input as string).replace(server.url, server.http.url), init),
        ...options,
      }),
  };
}
