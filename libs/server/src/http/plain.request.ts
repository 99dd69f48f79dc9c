import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The protocols in a request's `Upgrade` header, in lower case and in order. */
export function offeredProtocols({ headers }: IncomingMessage): string[] {
  return (headers.upgrade ?? '')
    .split(',')
    .map((protocol) => protocol.trim().toLowerCase())
    .filter((protocol) => protocol !== '');
}

/** A socket of Node's HTTP server, with the response that is being sent on it. */
type HttpSocket = Socket & { readonly _httpMessage?: ServerResponse | null };

/**
 * Serves an upgrade request as an ordinary one, without its `Upgrade` header. The HTTP server takes the connection back, so
 * the body, further requests and time-outs work as on any other connection.
 */
export function serveAsHttp(server: Server, request: IncomingMessage, socket: HttpSocket, head: Buffer): void {
  if (socket._httpMessage) return serveLater(server, request, socket, head, socket._httpMessage);
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${rawHeaders[at + 1]!}`);
  }
  // Node.js decodes headers as Latin-1, so this restores the received bytes.
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  socket.unshift(Buffer.concat([bytes, head]));
  server.emit('connection', socket);
}

/** Serves the request once the earlier requests on its connection have their responses. */
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
    // The server considered the connection idle and set its idle time-out: remove it.
    socket.setTimeout(0);
    serveAsHttp(server, request, socket, head);
  });
}
