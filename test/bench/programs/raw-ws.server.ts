import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { ROOM_KEY } from '../service/bench.contract.js';
import { tick } from '../service/bench.domain.js';
import { personalFrame, sharedFrame } from '../service/bench.legacy.js';
import { measured } from './measured.server.js';

// The baseline of the old peers: each frame is encoded once, and all peers get the same text.
const http = createServer();
const server = new WebSocketServer({ server: http });
const session_id = randomUUID();
let isPersonal = false;

server.on('connection', (ws, { url = '' }) => {
  isPersonal = url.endsWith('/personal/ws');
  ws.send('{"type":"joined"}');
});

function publish(): void {
  const event = tick(ROOM_KEY);
  const frame = isPersonal ? personalFrame(event, new Date().toISOString(), session_id) : sharedFrame(event);
  const text = JSON.stringify(frame);
  for (const ws of server.clients) ws.send(text);
}

http.listen(0, '127.0.0.1', () => measured({ http, connections: () => server.clients.size, publish }));
