import { randomUUID } from 'node:crypto';
import { io, type Socket } from 'socket.io-client';
import type { LoadCommands } from '../process/commands.js';
import { obey } from '../process/obey.js';
import { bench, ROOM_KEY } from '../service/bench.contract.js';
import type { Post } from '../service/bench.dto.js';

/** How many clients connect at the same time. */
const CONNECTING = 50;

const PAYLOAD: Post = {
  room_id: ROOM_KEY,
  text: 'a message of some length, as people write them. '.repeat(3),
  priority: 3,
  topic: 'news',
};

const sockets: Socket[] = [];
let missing = 0;
let arrived = (): void => {};

async function open(url: string): Promise<void> {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { client_id: randomUUID(), sdk: 'bench' },
  });
  await new Promise((resolve, reject) =>
    socket.once('connect', () => resolve(undefined)).once('connect_error', reject),
  );
  if (socket.io.engine.transport.name !== 'websocket')
    throw new Error('unable to measure; the load is not on WebSocket');
  expectOk(await socket.emitWithAck('join_bench', { room_id: ROOM_KEY }));
  socket.on('tick', () => {
    missing -= 1;
    if (missing === 0) arrived();
  });
  sockets.push(socket);
}

function expectOk(reply: { ok: boolean }): void {
  if (!reply.ok) throw new Error(`unable to measure; a call was refused: ${JSON.stringify(reply)}`);
}

function callAll(count: number, in_flight: number, correlated: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    const next = (socket: Socket): void => {
      if (sent === count) return;
      sent += 1;
      const payload = correlated ? { ...PAYLOAD, correlation_id: `${process.pid}-${sent}-${Date.now()}` } : PAYLOAD;
      socket.emit('post', payload, (reply: { ok: boolean }) => {
        try {
          expectOk(reply);
        } catch (error) {
          return reject(error as Error);
        }
        answered += 1;
        if (answered === count) resolve();
        else next(socket);
      });
    };
    for (let i = 0; i < in_flight; i += 1) sockets.forEach(next);
  });
}

const commands: LoadCommands = {
  async connect(url, count) {
    for (let left = count; left > 0; left -= CONNECTING) {
      await Promise.all(Array.from({ length: Math.min(CONNECTING, left) }, () => open(url)));
    }
  },
  call: callAll,
  deliveries(count) {
    missing = count;
    return new Promise((resolve) => (arrived = resolve));
  },
  disconnect() {
    for (const socket of sockets.splice(0)) socket.disconnect();
  },
};

obey(commands);
