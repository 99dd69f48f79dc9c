import type { Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';

// A server as teams have it, which knows nothing of Switchyard: it greets, and answers in capitals.

function serve(ws: WebSocket, url: string | undefined): void {
  ws.on('error', () => undefined);
  ws.send(`hello from ${url}`);
  ws.on('message', (data: Buffer) => ws.send(data.toString().toUpperCase()));
}

/** The old server, made without a port. */
export const wss = new WebSocketServer({ noServer: true, maxPayload: 1000 });
wss.on('connection', (ws, request) => serve(ws, request.url));

/** The same for an HTTP server, on a path of its own. */
export function attachTo(server: Server): void {
  new WebSocketServer({ server, path: '/ws/attached' }).on('connection', (ws, request) => serve(ws, request.url));
}
