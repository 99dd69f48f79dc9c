import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

function talk(socket: WebSocket, request: IncomingMessage): void {
  socket.on('error', () => undefined);
  socket.send(JSON.stringify({ hello: request.url, protocol: socket.protocol }));
  socket.on('message', (data, isBinary) => {
    if (String(data) === 'bye') socket.close(4007, 'as you wish');
    else socket.send(data, { binary: isBinary });
  });
}

/** The host's own `upgrade` listener, as one finds it in the documentation of ws. */
export function listenForUpgrades(server: Server): void {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: true, maxPayload: 2_000 });
  sockets.on('connection', talk);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host');
    if (pathname.startsWith('/socket.io/')) return;
    // A path of the new module's is not this listener's business: it refuses below its own paths only.
    if (!pathname.startsWith('/own')) return;
    if (pathname !== '/own/feed') {
      socket.end('HTTP/1.1 404 Not Found\r\nX-Host: own\r\nConnection: close\r\n\r\n');
    } else if (searchParams.get('key') !== 'secret') {
      socket.end('HTTP/1.1 401 Unauthorized\r\nX-Host: own\r\nConnection: close\r\n\r\nno key');
    } else {
      sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request));
    }
  });
}

/** The host's own WebSocket server, which ws attaches by itself. */
export function attachWebSockets(server: Server): void {
  const sockets = new WebSocketServer({
    server,
    path: '/own/feed',
    maxPayload: 2_000,
    perMessageDeflate: { threshold: 64 },
    handleProtocols: (offered) => (offered.has('feed.v2') ? 'feed.v2' : false),
    verifyClient: ({ origin }: { origin: string }) => origin !== 'https://evil.example',
  });
  sockets.on('connection', talk);
}
