import { RawPeer } from './raw.peer.js';
import type { RawUpstream } from './raw.upstream.js';

/** The head of an answer that upgrades a connection. */
export const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\n\r\n';

const HEADERS = ['Host: shop.example', 'connection: keep-alive, Upgrade', 'UPGRADE: WebSocket', 'Sec-WebSocket-Key: x'];

/** An upgrade request as a client writes it. */
export const requestOf = (path: string, headers: readonly string[] = []): string =>
  [`GET ${path} HTTP/1.1`, ...HEADERS, ...headers, '', ''].join('\r\n');

/** Sends a request to a server, and resolves to both ends of the connection when the process behind it has the request. */
export async function connectThrough(
  { port }: { port: number },
  upstream: RawUpstream,
  request = requestOf('/old/a'),
): Promise<{ client: RawPeer; old: RawPeer }> {
  const client = await RawPeer.to(port);
  client.send(request);
  const old = await upstream.next();
  await old.head();
  return { client, old };
}
