import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that takes every request and answers none, so that what asks it stays unfinished. */
export interface SilentServer {
  readonly url: string;
  close(): void;
}

/** Starts a silent server on a free port. */
export async function startSilentServer(): Promise<SilentServer> {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}
