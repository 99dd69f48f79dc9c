import { formatPosition, roomName, type JoinReply, type Position, type Reply } from '@switchyard/contract';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { legacyPath } from '../conformance/legacy.wire-client.js';
import { poll, type Server } from '../restart/busy.service.js';
import { isLast, type Runner, type ServiceRuns } from '../runs/service.runs.js';

/** Follows one run from start to end, and rejoins it on every wire. @throws Error when it does not end */
export async function passThrough(server: Server, service: ServiceRuns, runner: Runner): Promise<void> {
  const key = await runner.begin();
  await followToEnd(server, service, runner, key);
  const again = connect(server, service);
  const { snapshot, epoch, offset } = await join(again, service, key);
  again.disconnect();
  if (!service.isOver(snapshot!)) throw new Error(`${service.contract.name}/${key} is not over`);
  await poll(server, service.contract, key, formatPosition({ epoch, offset }));
  if (!service.legacy) return;
  const ws = new WebSocket(server.url.replace('http', 'ws') + legacyPath(service.legacy, key));
  await new Promise((resolve, reject) => ws.once('message', resolve).once('error', reject));
  await new Promise((resolve) => ws.once('close', resolve).terminate());
}

/** Ends a run if it does not end by itself, and resolves to the position of its end once a client has seen it. */
export async function followToEnd(
  server: Server,
  service: ServiceRuns,
  runner: Runner,
  key: string,
): Promise<Position> {
  const socket = connect(server, service);
  const ending = new Promise<Position>((resolve) => {
    socket.onAny((event: string, payload: object, position: Position) => {
      if (isLast(service, event, payload)) resolve(position);
    });
  });
  const reply = await join(socket, service, key);
  await runner.end?.(key);
  const { epoch, offset } = runner.end || !service.isOver(reply.snapshot!) ? await ending : reply;
  await socket.emitWithAck('leave_room', { room: roomName(service.contract, key) });
  socket.disconnect();
  return { epoch, offset };
}

function connect({ url }: Server, { contract }: ServiceRuns): Socket {
  const options = { transports: ['websocket'], reconnection: false, forceNew: true, auth: { sdk: '0.0.0' } };
  return io(url + contract.namespace, options);
}

async function join(socket: Socket, { contract }: ServiceRuns, key: string): Promise<JoinReply<object>> {
  const room = roomName(contract, key);
  const reply = (await socket.emitWithAck('join_room', { room })) as Reply<JoinReply<object>>;
  if (!reply.ok) throw new Error(`${room}: ${reply.error.code}`);
  return reply.data;
}
