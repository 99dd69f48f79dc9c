import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { until } from '../../../../test/harness/until.js';
import { notes, type NotesTypes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { ServerClock } from '../clock/server.clock.js';
import { TokenKeeper } from '../identity/token.keeper.js';
import { Realtime } from '../realtime/realtime.js';
import { ServiceClient } from '../service/service.client.js';
import { namespaceDialect } from '../wires/socketio/namespace.dialect.js';
import { SocketioEngine } from './socketio.engine.js';
import { SocketioTransport } from './socketio.transport.js';

/** What the server receives, and how it acknowledges it; `undefined` acknowledges with nothing. */
const received: string[] = [];
let acknowledge: (name: string) => unknown;
const joined = {
  ok: true,
  data: { room: 'book_b1', recovered: false, snapshot: { texts: [] }, epoch: 'e', offset: 0 },
};

const http = createServer().listen(0);
const server = new Server(http);
server.of('/notes').on('connection', (socket) =>
  socket.onAny((name: string, ...rest: unknown[]) => {
    // A page of another test may still leave.
    if (name !== 'leave_room') received.push(name);
    (rest.at(-1) as (reply: unknown) => void)(acknowledge(name));
  }),
);
afterAll(() => server.close());

const url = () => `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
const open: Realtime[] = [];
const start = () => {
  const services = { notes: { wire: 'socketio', stage: 'socketio', namespace: '/notes', poll_path: '' } } as const;
  const realtime = new Realtime({
    url: url(),
    config: { version: '1.0', server_time: '', features: {}, limits: {}, services },
    reconnect: { minMs: 1, maxMs: 2 },
    fallbacks: [],
    reportEveryMs: 0,
  });
  open.push(realtime);
  const { connection } = new ServiceClient<NotesTypes>(realtime, notes);
  return { connection, seen: new Recording(connection.room('b1').messages$) };
};
beforeEach(() => {
  received.length = 0;
  acknowledge = () => joined;
});
afterEach(() => {
  jest.restoreAllMocks();
  open.splice(0).forEach((realtime) => realtime.close());
});

it('a room joins again after an acknowledgement without content', async () => {
  const answers = [undefined, { ok: true }, { ok: false }];
  acknowledge = () => (answers.length > 0 ? answers.shift() : joined);
  const { seen } = start();
  await seen.until(({ length }) => length === 1);
  expect(received).toEqual(['join_room', 'join_room', 'join_room', 'join_room']);
});

it('a call fails once when it is acknowledged without content', async () => {
  acknowledge = (name) => (name === 'join_room' ? joined : undefined);
  const { connection, seen } = start();
  await seen.until(({ length }) => length === 1);
  await expect(connection.call('add_note', { book_id: 'b1' })).rejects.toMatchObject({ code: 'call.failed' });
  expect(received).toEqual(['join_room', 'add_note']);
});

it('a call made on a connection that is found dead is lost, and not sent by the next use of its socket', async () => {
  acknowledge = () => ({ ok: true });
  const backoff = { minMs: 1, maxMs: 2 };
  const tokens = new TokenKeeper(undefined, backoff);
  const limits = { connectTimeoutMs: 5000, joinTimeoutMs: 5000 };
  const page = { url: url(), clientId: 'c', socketioPath: () => '/socket.io/', tokens, backoff, ...limits };
  const engine = new SocketioEngine(page);
  const use = async () => {
    const options = { ...page, engine, clock: new ServerClock(), dialect: namespaceDialect };
    const transport = new SocketioTransport(engine.socket('/notes'), options);
    transport.connect();
    await until('the connection', () => transport.state$.value.status === 'connected');
    return transport;
  };
  const before = await use();
  // After a sleep, the socket is still open, but its pings have expired, so that it keeps what it is to send.
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(now + 600_000);
  const call = before.call('add_note', {});
  before.close();
  jest.restoreAllMocks();
  await expect(call).rejects.toMatchObject({ code: 'wire.lost' });
  const after = await use();
  await after.call('later', {});
  expect(received).toEqual(['later']);
  after.close();
  engine.close();
});

it('control events without content are ignored', async () => {
  const { connection, seen } = start();
  await seen.until(({ length }) => length === 1);
  const controls = new Recording(connection.control$);
  for (const event of ['auth_expiring', 'transport_switch', 'service_draining']) server.of('/notes').emit(event, null);
  server.of('/notes').emit('note_added', { text: 'next' }, { room: 'book_b1', epoch: 'e', offset: 1 });
  await seen.until(({ length }) => length === 2);
  expect(controls.values).toEqual([]);
  await until('the connection', () => connection.state$.value === 'subscribed');
});
