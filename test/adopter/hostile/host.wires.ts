import { io } from 'socket.io-client';
import type { HostProcess } from './host.process.js';
import type { Sockets } from './host.table.js';

/** Something of ours that must work beside the host's own, and why it does not. */
export interface WireCheck {
  name: string;
  failure?: string;
}

/** Uses the wires of a host with the module as clients do. */
export async function checkWires(host: HostProcess, sockets: Sockets): Promise<WireCheck[]> {
  const url = `http://127.0.0.1:${host.ports[sockets]}`;
  return Promise.all([
    check('a client reads /realtime/config', async () => {
      const { services } = (await get(`${url}/realtime/config?client_id=0123456789abcdef`)) as { services: object };
      if (!('clock' in services)) throw new Error(`the services are ${JSON.stringify(services)}`);
    }),
    check('a client polls a room', async () => {
      const { room } = (await get(`${url}/realtime/rooms/clock/tower`)) as { room: string };
      if (room !== 'clock_tower') throw new Error(`the room is ${room}`);
    }),
    check('a Socket.IO client joins and gets an event over WebSocket', () => follow(url, host)),
    check('an unknown fault of ours keeps its code', async () => {
      const response = await fetch(`${url}/realtime/rooms/none/tower`);
      const text = await response.text();
      if (response.status !== 404 || !text.includes('"code"')) throw new Error(`${response.status} ${text}`);
    }),
    check('a page that is allowed may read the answers', async () => {
      const headers = { Origin: 'https://shop.example' };
      const response = await fetch(`${url}/realtime/rooms/clock/tower`, { headers });
      const allowed = response.headers.get('access-control-allow-origin');
      if (allowed !== headers.Origin) throw new Error(`access-control-allow-origin is ${allowed}`);
    }),
  ]);
}

async function check(name: string, use: () => Promise<void>): Promise<WireCheck> {
  try {
    await use();
    return { name };
  } catch (error) {
    return { name, failure: (error as Error).message.slice(0, 200) };
  }
}

async function get(url: string): Promise<unknown> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text);
}

async function follow(url: string, host: HostProcess): Promise<void> {
  const { socketio_path: path } = (await get(`${url}/realtime/config`)) as { socketio_path: string };
  const socket = io(`${url}/clock`, { path, reconnection: false, forceNew: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('connect_error', reject);
      socket.on('disconnect', (reason) => reject(new Error(reason)));
      socket.on('tick', () => resolve());
      socket.on('connect', () =>
        socket.emit('join_clock', { clock_id: 'tower' }, (reply: { ok: boolean }) => {
          if (!reply.ok) reject(new Error(JSON.stringify(reply)));
          else host.tick(1);
        }),
      );
    });
    // Long polling works where upgrades are broken, so that it is connected proves nothing.
    await new Promise<void>((resolve, reject) => {
      const { engine } = socket.io;
      if (engine.transport.name === 'websocket') resolve();
      engine.once('upgrade', () => resolve());
      setTimeout(() => reject(new Error('the transport is still polling')), 5_000).unref();
    });
  } finally {
    socket.close();
  }
}
