import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The protocols that a request offers to upgrade to, in lower case and in their order. */
export function offeredProtocols({ headers }: IncomingMessage): string[] {
  return (headers.upgrade ?? '')
    .split(',')
    .map((protocol) => protocol.trim().toLowerCase())
    .filter((protocol) => protocol !== '');
}

/** A socket of Node's HTTP server, with the answer that is being sent on it. */
type HttpSocket = Socket & { readonly _httpMessage?: ServerResponse | null };

/**
 * Serves a request with which Node.js has left HTTP as what it would be without its `Upgrade` header. Its connection
 * becomes one of the server again, so a body, further requests and time-outs are what they are for every other.
 */
export function serveAsHttp(server: Server, request: IncomingMessage, socket: HttpSocket, head: Buffer): void {
  if (socket._httpMessage) return serveLater(server, request, socket, head, socket._httpMessage);
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${rawHeaders[at + 1]!}`);
  }
  // Node.js reads headers as Latin-1, so this gives back the bytes that came.
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  socket.unshift(Buffer.concat([bytes, head]));
  server.emit('connection', socket);
}

/** Serves the request after those that were sent before it on its connection. */
function serveLater(
  server: Server,
  request: IncomingMessage,
  socket: HttpSocket,
  head: Buffer,
  before: ServerResponse,
): void {
  const fail = () => socket.destroy();
  socket.on('error', fail);
  before.once('close', () => {
    socket.off('error', fail);
    if (socket.destroyed || socket.writableEnded) return;
    // The server took the connection for idle and set the time after which it closes one.
    socket.setTimeout(0);
    serveAsHttp(server, request, socket, head);
  });
}
