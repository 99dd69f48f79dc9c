import { io } from 'socket.io-client';
import { startServer } from './server.js';

// Starts the application, uses it, and stops it; the process must end by itself then.
async function smoke(platform: string): Promise<void> {
  const { app, url } = await startServer(platform);
  const config = await fetch(`${url}/realtime/config?client_id=0123456789abcdef`);
  if (!config.ok) throw new Error(`/realtime/config: ${config.status} ${await config.text()}`);
  if (!('clock' in ((await config.json()) as { services: object }).services)) throw new Error('no clock in the config');
  const poll = await fetch(`${url}/realtime/rooms/none/x`);
  if (poll.status !== 404) throw new Error(`an unknown service is answered with ${poll.status}`);
  const socket = io(`${url}/clock`, { transports: ['websocket'], reconnection: false });
  await new Promise<void>((resolve, reject) => {
    socket.on('connect_error', reject);
    socket.on('connect', () => resolve());
  });
  const transport = socket.io.engine.transport.name;
  if (transport !== 'websocket') throw new Error(`the transport is ${transport}`);
  const ticked = new Promise<{ at: number }>((resolve) => socket.once('tick', resolve));
  const joined = (await socket.emitWithAck('join_clock', { clock_id: 'tower' })) as { ok: boolean };
  if (!joined.ok) throw new Error(JSON.stringify(joined));
  const wound = (await socket.emitWithAck('wind', { clock_id: 'tower' })) as { ok: boolean };
  if (!wound.ok) throw new Error(JSON.stringify(wound));
  if ((await ticked).at !== 1) throw new Error('the first tick is not 1');
  const bad = (await socket.emitWithAck('wind', {})) as { ok: boolean };
  if (bad.ok) throw new Error('a call without its field is accepted');
  socket.close();
  await app.close();
}

smoke(process.argv[2] ?? 'express').then(
  () => console.log('smoke is over'),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
