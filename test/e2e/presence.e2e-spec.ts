import { io } from 'socket.io-client';
import {
  presenceAfter,
  type JoinReply,
  type MembersPage,
  type Position,
  type Presence,
  type PresenceChange,
  type Reply,
} from '@switchyard/contract';
import { Realtime, ServiceClient } from '@switchyard/client';
import { identify, ServiceRegistry } from '@switchyard/server';
import { map } from 'rxjs';
import { WebSocket } from 'ws';
import { Recording } from '../../libs/client/test/recording.js';
import { openSocket, openWs } from '../harness/clients.js';
import { slowness } from '../harness/machine.js';
import type { TestSocket } from '../harness/test-socket.js';
import { until } from '../harness/until.js';
import { ParlourGateway, parlour, parlourLegacy } from '../toys/parlour.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

/** Short enough to wait for; members that must stay during a test have the default. */
const SHORT_MS = 50;

const client = (name: string) => `client-${name}`.padEnd(16, '_');

describe('presence in a room', () => {
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
    return { socket, members: members!, users: users! };
  };
  const changes = ({ received }: TestSocket) =>
    received.filter(({ event }) => event === 'presence_changed').map(({ args }) => args[0] as PresenceChange);
  /** The members according to the answer to a join and the later changes. */
  const presenceOf = ({ socket, ...answer }: { socket: TestSocket } & Presence) =>
    changes(socket).reduce<Presence>((before, change) => presenceAfter(before, change), answer);
  const untilChange = (socket: TestSocket, isSo: (change: PresenceChange) => boolean, what?: string) =>
    socket.waitFor(({ event, args }) => event === 'presence_changed' && isSo(args[0] as PresenceChange), what);
  const poll = async (name: string, parlour_id = room, headers: Record<string, string> = {}) => {
    const query = `?client_id=${client(name)}`;
    const response = await fetch(`${toys.url}/realtime/rooms/parlour/${parlour_id}${query}`, { headers });
    return (await response.json()) as JoinReply & { error?: { code: string } };
  };
  /** Publishes an event and waits until the witness has it, so that all earlier messages have come. */
  const settle = async (witness: TestSocket) => {
    await witness.call('say', { parlour_id: room, text: 'settled' });
    await witness.waitFor(({ event }) => event === 'said', 'what was said');
  };

  it('is in the answer to a join, and its changes are sent to everybody else there', async () => {
    toys = hasty;
    const alice = await enter('a', { token: 'alice' });
    expect(alice).toMatchObject({ members: 1, users: ['alice'] });
    const bob = await enter('b', { token: 'bob' });
    expect(bob).toMatchObject({ members: 2, users: ['alice', 'bob'] });
    await untilChange(alice.socket, ({ members }) => members === 2, 'bob');
    expect(changes(alice.socket)).toEqual([{ room: `parlour_${room}`, joined: ['bob'], left: [], members: 2 }]);
    await bob.socket.call('leave_parlour', { parlour_id: room });
    const { args } = await untilChange(alice.socket, ({ members }) => members === 1, 'the leave');
    const [left, position] = args as [PresenceChange, Partial<Position>];
    expect(left).toEqual({ room: `parlour_${room}`, joined: [], left: ['bob'], members: 1 });
    expect(position).toEqual({ room: `parlour_${room}` });
    expect(changes(bob.socket)).toEqual([]);
  });

  it('counts a user once over all connections, and an anonymous client likewise', async () => {
    const witness = await enter('witness');
    await enter('phone', { token: 'alice' });
    expect(await enter('laptop', { token: 'alice' })).toMatchObject({ members: 2 });
    await enter('tab');
    expect(await enter('tab')).toMatchObject({ members: 3 });
    await untilChange(witness.socket, ({ members }) => members === 3);
    expect(changes(witness.socket).flatMap(({ joined }) => joined)).toEqual([
      'alice',
      expect.stringMatching(/^guest-/),
    ]);
  });

  it('gives an anonymous client a different id in each room, which does not identify it', async () => {
    const { socket, users } = await enter('secret');
    const before = users;
    expect(before).toEqual([expect.stringMatching(/^guest-[\w-]{8}$/)]);
    room = `${room}-other`;
    const { users: elsewhere } = await join(socket);
    expect(elsewhere).not.toEqual(before);
    await settle(socket);
    expect(JSON.stringify([socket.received, elsewhere])).not.toContain(client('secret'));
  });

  it('is not shown to a client that may not enter', async () => {
    const owner = await openSocket(toys.url, '/parlour', { auth: { token: 'owner' } }).connected();
    await join(owner, 'private');
    const stranger = await connect('stranger');
    expect(await stranger.call('join_parlour', { parlour_id: 'private' })).toMatchObject({ ok: false });
    const refused = await poll('stranger', 'private');
    expect(refused).toEqual({ error: expect.objectContaining({ code: 'room.forbidden' }) as object });
    expect(await poll('owner', 'private', { authorization: 'Bearer owner' })).toMatchObject({ members: 1 });
    expect(stranger.received).toEqual([]);
  });

  it('does not count a client whose join failed on the old wire', async () => {
    toys = hasty;
    const old = await openWs(toys.url, `/api/parlours/unspeakable/ws?client_id=${client('old')}`).opened();
    expect((await old.closed()).code).toBe(1011);
    room = 'unspeakable';
    const { socket, members } = await enter('a');
    if (members === 2) await untilChange(socket, (change) => change.members === 1);
    expect(await poll('a')).toMatchObject({ members: 1 });
  });

  it('does not count a client that asked for an unknown id', async () => {
    const { socket } = await enter('a');
    expect(await socket.call('join_parlour', { parlour_id: 'unknown' })).toMatchObject({ ok: false });
    const old = await openWs(toys.url, `/api/parlours/unknown/ws?client_id=${client('waits')}`).opened();
    await old.close();
    expect(changes(socket)).toEqual([]);
  });

  it('does not change when somebody leaves and returns in time, on any wire', async () => {
    const witness = await enter('witness');
    const { socket } = await enter('roamer');
    await untilChange(witness.socket, ({ members }) => members === 2, 'the second');
    await socket.close();
    const old = await openWs(toys.url, `/api/parlours/${room}/ws?client_id=${client('roamer')}`).opened();
    await old.next();
    await old.close();
    expect(await poll('roamer')).toMatchObject({ members: 2 });
    await enter('roamer');
    await enter('last');
    await untilChange(witness.socket, ({ members }) => members === 3, 'the last');
    expect(changes(witness.socket).map(({ joined, left }) => [joined!.length, left!.length])).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  it('counts old clients, which get no presence frames', async () => {
    const witness = await enter('witness');
    const old = await openWs(toys.url, `/api/parlours/${room}/ws?client_id=${client('old')}`).opened();
    await old.next();
    const root = openSocket(toys.url, '', { auth: { client_id: client('root') } });
    await root.connected();
    root.socket.emit('enter', room);
    await root.next('state');
    await untilChange(witness.socket, ({ members }) => members === 3, 'the third');
    await settle(witness.socket);
    await old.waitFor((frame) => frame.includes('said'));
    await root.next('said');
    expect(old.frames.join()).not.toContain('presence');
    expect(root.received.map(({ event }) => event)).toEqual(['state', 'said']);
  });

  it('is sent to a client that asked for positions on the old wire', async () => {
    const path = `/api/parlours/${room}/ws?switchyard=1&client_id=${client('ours')}`;
    const ours = await openWs(toys.url, path).opened();
    expect(await ours.nextJson()).toMatchObject({ _sy: { event: 'joined', members: 1 } });
    await enter('b', { token: 'bob' });
    const frame = JSON.parse(await ours.waitFor((text) => text.includes('"bob"'))) as object;
    const payload = { room: `parlour_${room}`, joined: ['bob'], left: [], members: 2 };
    expect(frame).toEqual({ type: '_sy', _sy: { event: 'presence_changed', payload, room: `parlour_${room}` } });
  });

  it('counts a client that polls until its next poll is overdue', async () => {
    expect(await poll('poller')).toMatchObject({ members: 1 });
    expect(await poll('poller')).toMatchObject({ members: 1 });
    toys = hasty;
    const witness = await enter('witness');
    expect(await poll('poller')).toMatchObject({ members: 2 });
    await untilChange(witness.socket, ({ left }) => left!.length === 1, 'the leave');
    const nobody = await fetch(`${toys.url}/realtime/rooms/parlour/${room}`);
    expect(await nobody.json()).toMatchObject({ members: 1 });
    expect(presenceOf(witness)).toEqual({ members: 1, users: witness.users });
  });

  it('is followed by our client, whose moves between wires are neither leave nor join', async () => {
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
    await settle(witness.socket);
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
    await untilChange(witness.socket, ({ members }) => members === 51, 'all of them');
    const before = changes(witness.socket).length;
    sockets.forEach((socket) => socket.io.engine.close());
    const replies = await joined();
    expect(replies.map(({ data }) => data.members)).toEqual(Array.from({ length: 50 }, () => 51));
    await enter('last');
    await untilChange(witness.socket, ({ members }) => members === 52, 'the last');
    expect(changes(witness.socket).slice(before)).toMatchObject([{ joined: [expect.any(String)], left: [] }]);
    sockets.forEach((socket) => socket.disconnect());
  });

  describe('list_members', () => {
    const crowd = Array.from({ length: 130 }, (_, n) => `u${n}`);
    const list = (payload: object, headers: Record<string, string> = {}, service = 'parlour') =>
      fetch(`${toys.url}/realtime/calls/${service}/list_members`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(payload),
      });

    it('gives a page of a large room on every wire that carries calls, to our client too', async () => {
      const { presence } = toys.get(ServiceRegistry);
      const name = `parlour_${room}`;
      for (const id of crowd) await presence.visit(name, identify('polling', { id }, undefined));
      const answer = { room: name, members: 130, per_page: 100, pages: 2 };
      const socket = await connect('asks');
      const reply = await socket.call<Reply<MembersPage>>('list_members', { room: name });
      expect(reply).toEqual({ ok: true, data: { ...answer, page: 1, users: crowd.slice(0, 100) } });
      const overHttp = await list({ room: name, page: 2 });
      expect(await overHttp.json()).toEqual({ ok: true, data: { ...answer, page: 2, users: crowd.slice(100) } });
      expect(await (await list({ room: name, page: 3 })).json()).toMatchObject({ data: { page: 3, users: [] } });
      for (const legacy of [undefined, parlourLegacy]) {
        const realtime = new Realtime({ url: toys.url, clientId: client('page'), WebSocket });
        const service = new ServiceClient(realtime, parlour, { legacy });
        expect(await service.room(room).listMembers(2)).toEqual({ ...answer, page: 2, users: crowd.slice(100) });
        realtime.close();
      }
    });

    it.each([
      ['a room of another service', { room: 'board_1' }, 400, 'input.invalid'],
      ['no room', {}, 400, 'input.invalid'],
      ['a room that is no text', { room: 7 }, 400, 'input.invalid'],
      ['the page before the first', { room: 'parlour_r', page: 0 }, 400, 'input.invalid'],
      ['half a page', { room: 'parlour_r', page: 1.5 }, 400, 'input.invalid'],
      ['a page that is text', { room: 'parlour_r', page: '1' }, 400, 'input.invalid'],
      ['a room one may not enter', { room: 'parlour_private' }, 403, 'room.forbidden'],
      ['a room that there is not', { room: 'parlour_unknown' }, 404, 'room.not_found'],
    ])('refuses %s', async (_what, payload, status, code) => {
      const response = await list(payload);
      expect([response.status, await response.json()]).toEqual([
        status,
        { ok: false, error: expect.objectContaining({ code }) as object },
      ]);
    });

    it('is answered to a caller that may enter, also in an empty room and with null for optional fields', async () => {
      const owned = await list({ room: 'parlour_private' }, { authorization: 'Bearer owner' });
      expect(await owned.json()).toMatchObject({ ok: true, data: { page: 1 } });
      const vacant = await list({ room: `parlour_${room}`, page: null });
      expect(await vacant.json()).toMatchObject({ ok: true, data: { members: 0, page: 1, pages: 1, users: [] } });
    });

    it('is unknown in a service without presence', async () => {
      const response = await list({ room: 'board_b' }, {}, 'board');
      expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'call.unknown' } }]);
    });
  });

  it('takes few messages to each of three hundred who come at once, and is right for all of them', async () => {
    const count = 300;
    const sockets = await Promise.all(Array.from({ length: count }, (_, n) => connect(`c${n}`, { token: `u${n}` })));
    const began = performance.now();
    const answers = await Promise.all(
      sockets.map(async (socket) => {
        const { members, users } = await join(socket);
        return { socket, members: members!, users: users! };
      }),
    );
    const last = performance.now();
    for (const answer of answers) {
      if (presenceOf(answer).members !== count)
        await untilChange(answer.socket, ({ members }) => members === count, 'all of them');
    }
    expect(performance.now() - last).toBeLessThan(1000 * slowness());
    const windows = Math.ceil((performance.now() - began) / 250) + 1;
    const delivered = sockets.reduce((sum, socket) => sum + changes(socket).length, 0);
    expect(delivered).toBeLessThanOrEqual(windows * count);
    expect(Math.max(...answers.map(({ users }) => users.length))).toBe(100);
    await Promise.all(sockets.map((socket) => socket.close()));
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
