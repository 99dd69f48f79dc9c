import { TestSocket, type SocketClientOptions } from './test-socket.js';
import { TestWs, type WsOptions } from './test-ws.js';

const open = new Set<{ close(): Promise<void> }>();

function track<T extends { close(): Promise<void> }>(client: T): T {
  open.add(client);
  return client;
}

/** Opens a plain Socket.IO client and closes it after the test. */
export function openSocket(url: string, namespace = '', options?: SocketClientOptions): TestSocket {
  return track(new TestSocket(url, namespace, options));
}

/** Opens a plain WebSocket and closes it after the test. */
export function openWs(url: string, path: string, options?: WsOptions): TestWs {
  return track(new TestWs(url, path, options));
}

afterEach(async () => {
  const clients = [...open];
  open.clear();
  await Promise.all(clients.map((client) => client.close()));
});
