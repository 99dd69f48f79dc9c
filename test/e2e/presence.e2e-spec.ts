import { io } from 'socket.io-client';
import type { JoinReply, Position, PresenceChange, Reply } from '@switchyard/contract';
import { Realtime, ServiceClient } from '@switchyard/client';
import { ServiceRegistry } from '@switchyard/server';
import { map } from 'rxjs';
import { WebSocket } from 'ws';
import { Recording } from '../../libs/client/test/recording.js';
import { openSocket, openWs } from '../harness/clients.js';
import type { TestSocket } from '../harness/test-socket.js';
import { until } from '../harness/until.js';
import { ParlourGateway, parlour, parlourLegacy } from '../toys/parlour.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

/** Short enough to be waited for; what must not end while a test works has the time that is usual. */
const SHORT_MS = 50;

const client = (name: string) => `client-${name}`.padEnd(16, '_');

describe('who is in a room', () => {
  let patient: ToyApp;
  let hasty: ToyApp;
  let toys: ToyApp;
  let rooms = 0;
  let room: string;
  beforeAll(async () => {
    const providers = [ParlourGateway];
    [patient, hasty] = await Promise.all([
      startToys({ providers }),
      startToys({ providers, presenceGraceMs: SHORT_MS }),
    ]);
  });
  afterAll(() => Promise.all([patient.close(), hasty.close()]));
  beforeEach(() => {
    toys = patient;
    room = `r${(rooms += 1)}`;
  });

  const connect = (name: string, auth: object = {}) =>
    openSocket(toys.url, '/parlour', { auth: { sdk: 'test', client_id: client(name), ...auth } }).connected();
  const join = async (socket: TestSocket, parlour_id = room) => {
    const reply = await socket.call<Reply<JoinReply>>('join_parlour', { parlour_id });
    if (!reply.ok) throw new Error(reply.error.code);
    return reply.data;
  };
  const enter = async (name: string, auth?: object) => {
    const socket = await connect(name, auth);
    const { members, users } = await join(socket);
    return { socket, members, users };
  };
  const changes = ({ received }: TestSocket) =>
    received
      .filter(({ event }) => event.startsWith('member_'))
      .map(({ event, args }) => ({ event, ...(args[0] as PresenceChange) }));
  const poll = async (name: string, parlour_id = room, headers: Record<string, string> = {}) => {
    const query = `?client_id=${client(name)}`;
    const response = await fetch(`${toys.url}/realtime/rooms/parlour/${parlour_id}${query}`, { headers });
    return (await response.json()) as JoinReply & { error?: { code: string } };
  };
  /** Says something and waits until the witness has heard it: whatever was told before has come by then. */
  const settle = async (witness: TestSocket) => {
    await witness.call('say', { parlour_id: room, text: 'settled' });
    await witness.waitFor(({ event }) => event === 'said', 'what was said');
  };

  it('is in the answer to a join, and told to everybody else there as it changes', async () => {
    toys = hasty;
    const alice = await enter('a', { token: 'alice' });
    expect(alice).toMatchObject({ members: 1, users: ['alice'] });
    const bob = await enter('b', { token: 'bob' });
    expect(bob).toMatchObject({ members: 2, users: ['alice', 'bob'] });
    const joined = { room: `parlour_${room}`, user: 'bob', members: 2 };
    await alice.socket.waitFor(({ args }) => (args[0] as PresenceChange).user === 'bob', 'bob');
    expect(changes(alice.socket).at(-1)).toEqual({ event: 'member_joined', ...joined });
    await bob.socket.call('leave_parlour', { parlour_id: room });
    const [left, position] = await alice.socket.next<[PresenceChange, Partial<Position>]>('member_left');
    expect(left).toEqual({ ...joined, members: 1 });
    expect(position).toEqual({ room: `parlour_${room}` });
  });

  it('counts a user once, whatever they have open, and an anonymous client likewise', async () => {
    const witness = await enter('witness');
    await enter('phone', { token: 'alice' });
    expect(await enter('laptop', { token: 'alice' })).toMatchObject({ members: 2 });
    await enter('tab');
    expect(await enter('tab')).toMatchObject({ members: 3 });
    await settle(witness.socket);
    expect(changes(witness.socket)).toHaveLength(2);
  });

  it('says of an anonymous client nothing that it could be known by, and another thing in each room', async () => {
    const { socket, users } = await enter('secret');
    const before = users!;
    expect(before).toEqual([expect.stringMatching(/^guest-[\w-]{8}$/)]);
    room = `${room}-other`;
    const { users: elsewhere } = await join(socket);
    expect(elsewhere).not.toEqual(before);
    await settle(socket);
    expect(JSON.stringify([socket.received, elsewhere])).not.toContain(client('secret'));
  });

  it('is not told to who may not be there', async () => {
    const owner = await openSocket(toys.url, '/parlour', { auth: { token: 'owner' } }).connected();
    await join(owner, 'private');
    const stranger = await connect('stranger');
    expect(await stranger.call('join_parlour', { parlour_id: 'private' })).toMatchObject({ ok: false });
    const refused = await poll('stranger', 'private');
    expect(refused).toEqual({ error: expect.objectContaining({ code: 'room.forbidden' }) as object });
    expect(await poll('owner', 'private', { authorization: 'Bearer owner' })).toMatchObject({ members: 1 });
    expect(stranger.received).toEqual([]);
  });

  it('has nobody whom the old wire could not welcome', async () => {
    toys = hasty;
    const old = await openWs(toys.url, `/api/parlours/unspeakable/ws?client_id=${client('old')}`).opened();
    expect((await old.closed()).code).toBe(1011);
    room = 'unspeakable';
    const { socket, members } = await enter('a');
    if (members === 2) await socket.next('member_left');
    expect(await poll('a')).toMatchObject({ members: 1 });
  });

  it('has nobody who asked for an id that there is not', async () => {
    const { socket } = await enter('a');
    expect(await socket.call('join_parlour', { parlour_id: 'unknown' })).toMatchObject({ ok: false });
    const old = await openWs(toys.url, `/api/parlours/unknown/ws?client_id=${client('waits')}`).opened();
    await old.close();
    expect(changes(socket)).toEqual([]);
  });

  it('stays as it is when somebody leaves and comes back in time, on whatever wire', async () => {
    const witness = await enter('witness');
    const { socket } = await enter('roamer');
    await witness.socket.waitFor(({ args }) => (args[0] as PresenceChange).members === 2, 'the second');
    await socket.close();
    const old = await openWs(toys.url, `/api/parlours/${room}/ws?client_id=${client('roamer')}`).opened();
    await old.next();
    await old.close();
    expect(await poll('roamer')).toMatchObject({ members: 2 });
    await enter('roamer');
    await settle(witness.socket);
    expect(changes(witness.socket)).toHaveLength(1);
  });

  it('counts old clients, in whose words it is never told', async () => {
    const witness = await enter('witness');
    const old = await openWs(toys.url, `/api/parlours/${room}/ws?client_id=${client('old')}`).opened();
    await old.next();
    const root = openSocket(toys.url, '', { auth: { client_id: client('root') } });
    await root.connected();
    root.socket.emit('enter', room);
    await root.next('state');
    await witness.socket.waitFor(({ args }) => (args[0] as PresenceChange).members === 3, 'the third');
    await settle(witness.socket);
    await old.waitFor((frame) => frame.includes('said'));
    await root.next('said');
    expect(old.frames.join()).not.toContain('member_');
    expect(root.received.map(({ event }) => event)).toEqual(['state', 'said']);
  });

  it('is told to a client that asked for positions on the old wire', async () => {
    const path = `/api/parlours/${room}/ws?switchyard=1&client_id=${client('ours')}`;
    const ours = await openWs(toys.url, path).opened();
    expect(await ours.nextJson()).toMatchObject({ _sy: { event: 'joined', members: 1 } });
    await enter('b', { token: 'bob' });
    const frame = JSON.parse(await ours.waitFor((text) => text.includes('"bob"'))) as object;
    const payload = { room: `parlour_${room}`, user: 'bob', members: 2 };
    expect(frame).toEqual({ type: '_sy', _sy: { event: 'member_joined', payload, room: `parlour_${room}` } });
  });

  it('counts who polls until the next poll is overdue', async () => {
    expect(await poll('poller')).toMatchObject({ members: 1 });
    expect(await poll('poller')).toMatchObject({ members: 1 });
    toys = hasty;
    const witness = await enter('witness');
    expect(await poll('poller')).toMatchObject({ members: 2 });
    expect((await witness.socket.next<[PresenceChange]>('member_left'))[0]).toMatchObject({ members: 1 });
    const nobody = await fetch(`${toys.url}/realtime/rooms/parlour/${room}`);
    expect(await nobody.json()).toMatchObject({ members: 1 });
    await settle(witness.socket);
    expect(changes(witness.socket).map(({ event }) => event)).toEqual(['member_joined', 'member_left']);
  });

  it('is followed by our client, whose moves from wire to wire are neither leave nor join', async () => {
    const pages = ['one', 'two'].map((name) => new Realtime({ url: toys.url, clientId: client(name), WebSocket }));
    const services = pages.map((realtime) => new ServiceClient(realtime, parlour, { legacy: parlourLegacy }));
    const counts = services.map((service) => {
      return new Recording(service.room(room).presence$.pipe(map(({ members }) => members)));
    });
    for (const count of counts) await count.until((values) => values.at(-1) === 2);
    await services[0]!.connection.switchTo('socketio');
    await services[0]!.connection.switchTo('legacy');
    const witness = await enter('witness');
    for (const count of counts) await count.until((values) => values.at(-1) === 3);
    expect(changes(witness.socket)).toEqual([]);
    for (const { values } of counts)
      expect([
        [1, 2, 3],
        [2, 3],
      ]).toContainEqual(values);
    pages.forEach((realtime) => realtime.close());
  });

  it('does not flap when fifty clients lose their connection and come back', async () => {
    const witness = await enter('witness');
    const socketOf = (number: number) =>
      io(`${toys.url}/parlour`, {
        transports: ['websocket'],
        forceNew: true,
        reconnectionDelay: 1,
        reconnectionDelayMax: 50,
        auth: { sdk: 'test', client_id: client(String(number)) },
      });
    const sockets = Array.from({ length: 50 }, (_, number) => socketOf(number));
    const joined = () =>
      Promise.all(
        sockets.map(async (socket) => {
          if (!socket.connected) await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
          return socket.emitWithAck('join_parlour', { parlour_id: room }) as Promise<{ data: JoinReply }>;
        }),
      );
    await joined();
    await settle(witness.socket);
    expect(changes(witness.socket)).toHaveLength(50);
    sockets.forEach((socket) => socket.io.engine.close());
    const replies = await joined();
    expect(replies.map(({ data }) => data.members)).toEqual(Array.from({ length: 50 }, () => 51));
    await settle(witness.socket);
    expect(changes(witness.socket)).toHaveLength(50);
    sockets.forEach((socket) => socket.disconnect());
  });

  it('leaves nothing behind', async () => {
    toys = hasty;
    const { socket } = await enter('last');
    const { presence } = toys.get(ServiceRegistry);
    expect(presence.size).toBeGreaterThan(0);
    await socket.close();
    await until('a room without people', () => presence.size === 0);
  });
});
