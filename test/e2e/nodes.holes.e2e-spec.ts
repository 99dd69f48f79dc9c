import { Realtime, ServiceClient } from '@switchyard/client';
import {
  defineService,
  pollPath,
  roomName,
  type JoinReply,
  type LegacyCodec,
  type RealtimeConfig,
  type Reply,
  type ServiceContract,
  type ServiceTypes,
} from '@switchyard/contract';
import { BaseRoomService, ServiceGateway, type RoomView } from '@switchyard/server';
import { openRedisStore, type RedisStore } from '@switchyard/store-redis';
import { IsInt } from 'class-validator';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';
import { legacyPath } from '../conformance/legacy.wire-client.js';
import { openSocket, openWs } from '../harness/clients.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { TestRedis } from '../harness/redis.js';
import { board, boardLegacy, type BoardTypes, type Note } from '../toys/board.toy.js';
import { meter, meterLegacy, type Reading } from '../toys/meter.toy.js';
import { shelf, shelfLegacy, type Item } from '../toys/shelf.toy.js';
import { startToys, type ToyApp } from '../toys/toy.app.js';

/** The number of events while a node is cut off, and how many of them the log keeps. */
const MISSED = 10;
const KEPT = 3;

/** A room of one kind, whose events are numbers. */
interface Subject {
  contract: ServiceContract;
  codec: LegacyCodec<ServiceTypes>;
  key: string;
  /** Publishes a number on a node; resolves once it is appended. */
  act(node: ToyApp, n: number): Promise<unknown>;
  /** The numbers that a snapshot or an event shows. */
  numbersIn(snapshot: never): number[];
  numberOf(payload: never): number;
}

const SUBJECTS: readonly Subject[] = [
  {
    contract: board,
    codec: boardLegacy as unknown as LegacyCodec<ServiceTypes>,
    key: 'b',
    act: ({ board }, n) => board.post({ board_id: 'b', text: String(n) }),
    numbersIn: ({ notes }: { notes: Note[] }) => notes.map(({ text }) => Number(text)),
    numberOf: ({ text }: Note) => Number(text),
  },
  {
    contract: shelf,
    codec: shelfLegacy as unknown as LegacyCodec<ServiceTypes>,
    key: 'all',
    act: ({ shelf }, n) => shelf.put({ id: String(n), title: 'an item' }),
    numbersIn: ({ items }: { items: Item[] }) => items.map(({ id }) => Number(id)),
    numberOf: ({ id }: Item) => Number(id),
  },
  {
    contract: meter,
    codec: meterLegacy as unknown as LegacyCodec<ServiceTypes>,
    key: 'm',
    act: ({ meter }, n) => {
      meter.set({ meter_id: 'm', value: n });
      return meter.published;
    },
    numbersIn: ({ value }: Reading) => [value],
    numberOf: ({ value }: Reading) => value,
  },
];

type Said = { snapshot: number[] } | { event: number };

/** The messages of a client, and its resulting state. */
class Follower {
  readonly said: Said[] = [];
  private notify = () => {};

  constructor(private readonly kind: string) {}

  add(said: Said): void {
    this.said.push(said);
    this.notify();
  }

  get numbers(): number[] {
    let numbers: number[] = [];
    for (const said of this.said) {
      if ('snapshot' in said) numbers = [...said.snapshot];
      else if (this.kind === 'state') numbers = [said.event];
      else numbers.push(said.event);
    }
    return numbers;
  }

  async until(n: number): Promise<void> {
    while (!this.numbers.includes(n)) await new Promise<void>((resolve) => (this.notify = resolve));
  }
}

/** A kind of client, and how it follows a room; the server tells those that cannot see a hole. */
interface ClientKind {
  name: string;
  follow(url: string, subject: Subject): Promise<Follower>;
}

const plainSocket =
  (auth: object) =>
  async (url: string, { contract, key, numbersIn, numberOf }: Subject) => {
    const follower = new Follower(contract.kind);
    const socket = await openSocket(url, contract.namespace, { auth }).connected();
    socket.socket.onAny((event: string, payload: unknown) => {
      // In some services of the state kind the snapshot has the name of the event.
      if (event === contract.snapshot) follower.add({ snapshot: numbersIn(payload as never) });
      else follower.add({ event: numberOf(payload as never) });
    });
    await socket.call('join_room', { room: roomName(contract, key) });
    return follower;
  };

const BLIND: readonly ClientKind[] = [
  { name: 'a plain Socket.IO client', follow: plainSocket({}) },
  { name: 'a Socket.IO client without positions', follow: plainSocket({ positions: false }) },
  {
    name: 'an old WebSocket',
    async follow(url, { contract, codec, key, numbersIn, numberOf }) {
      const follower = new Follower(contract.kind);
      const socket = openWs(url, legacyPath(codec, key));
      socket.ws.on('message', (data: Buffer) => {
        const message = codec.decodeEvent(JSON.parse(data.toString()) as object as never);
        if (message?.kind === 'snapshot') follower.add({ snapshot: numbersIn(message.payload as never) });
        if (message?.kind === 'event') follower.add({ event: numberOf(message.payload as never) });
      });
      await socket.opened();
      return follower;
    },
  },
];

const realtimes: Realtime[] = [];

function sdkOn(wire: 'socketio' | 'legacy'): ClientKind['follow'] {
  return (url, { contract, codec, key, numbersIn, numberOf }) => {
    const follower = new Follower(contract.kind);
    const { name, namespace } = contract;
    const address = { wire, stage: wire, namespace, legacy_path: codec.path, poll_path: pollPath(contract) };
    const config: RealtimeConfig = {
      version: '1.0',
      server_time: new Date().toISOString(),
      features: {},
      limits: {},
      services: { [name]: address },
    };
    const realtime = new Realtime({ url, WebSocket, config, reconnect: { minMs: 10, maxMs: 50 } });
    realtimes.push(realtime);
    // The type of one service stands for all three, because only the numbers are compared.
    const client = new ServiceClient<BoardTypes>(realtime, contract as typeof board, { legacy: codec as never });
    client.room(key).messages$.subscribe((message) => {
      if (message.kind === 'snapshot') follower.add({ snapshot: numbersIn(message.snapshot as never) });
      if (message.kind === 'event') follower.add({ event: numberOf(message.payload as never) });
    });
    return Promise.resolve(follower);
  };
}

const CLIENTS: readonly ClientKind[] = [
  ...BLIND,
  { name: 'our client on Socket.IO', follow: sdkOn('socketio') },
  { name: 'our client on an old wire', follow: sdkOn('legacy') },
];

class LensOptions {
  @IsInt()
  from: number;
}

interface LensTypes {
  room: { lens_id: string };
  calls: Record<never, never>;
  events: { turned: { n: number } };
  snapshot: { from: number; user?: string };
  join: LensOptions;
}

const lens = defineService<LensTypes>()({
  name: 'lens',
  kind: 'log',
  room: { prefix: 'lens', key: 'lens_id' },
  join: 'join_lens',
  leave: 'leave_lens',
  snapshot: 'lens_view',
  calls: {},
  events: { turned: {} },
});

/** A service whose snapshots depend on the caller and on the options. */
@ServiceGateway(lens, { join: LensOptions })
class LensGateway extends BaseRoomService<typeof lens> {
  override snapshot(_key: string, { caller, options: { from } }: RoomView<LensOptions>) {
    return { from, ...(caller.user && { user: caller.user.id }) };
  }

  turn(key: string, n: number) {
    return this.publish(key, 'turned', { n });
  }
}

describe('a node that cannot fill a hole in a room', () => {
  let redis: TestRedis;
  let operator: Redis;
  let store: RedisStore;
  let proxy: FaultProxy;
  let worker: ToyApp;
  let serving: ToyApp;

  beforeEach(async () => {
    redis = await TestRedis.start(['--enable-debug-command', 'yes']);
    operator = new Redis(redis.url);
    proxy = await FaultProxy.to(redis.port);
    const start = (port: number) =>
      startToys({ providers: [LensGateway], openStore: () => openRedisStore({ url: `redis://127.0.0.1:${port}` }) });
    [worker, serving] = await Promise.all([start(redis.port), start(proxy.port)]);
    store = await openRedisStore({ url: redis.url });
    worker.board.open('b');
    worker.meter.readings.set('m', { meter_id: 'm', value: 0 });
    // Both nodes share the data of the domain, as with a database.
    Object.assign(serving.board, { boards: worker.board.boards });
    Object.assign(serving.shelf, { items: worker.shelf.items });
    Object.assign(serving.meter, { readings: worker.meter.readings });
  });
  afterEach(async () => {
    for (const realtime of realtimes.splice(0)) realtime.close();
    await Promise.all([serving.close(), worker.close(), store.close()]);
    operator.disconnect();
    await proxy.close();
    await redis.stop();
  });

  const cutOff = () => {
    proxy.refuse();
    proxy.cutClean();
  };
  const room = ({ contract, key }: Subject) => roomName(contract, key);
  const actTo = async (subject: Subject, from: number, to: number) => {
    for (let n = from; n <= to; n += 1) await subject.act(worker, n);
  };

  /** Makes a hole that cannot be filled while the serving node is cut off; returns the last number. */
  const HOLES: readonly [string, (subject: Subject) => Promise<number>][] = [
    [
      'more went by than the log keeps',
      async (subject) => {
        await actTo(subject, 3, MISSED);
        await store.rooms.trim(room(subject), KEPT);
        return MISSED;
      },
    ],
    [
      'the room was emptied elsewhere after events that it missed',
      async (subject) => {
        await actTo(subject, 3, MISSED);
        await store.rooms.clear(room(subject));
        await subject.act(worker, MISSED + 1);
        return MISSED + 1;
      },
    ],
    [
      'Redis dropped the room and it began anew',
      async (subject) => {
        await operator.del(`switchyard:log:${room(subject)}`);
        await actTo(subject, 3, MISSED);
        return MISSED;
      },
    ],
    [
      'Redis went back to an older copy of itself',
      async (subject) => {
        await actTo(subject, 3, 4);
        await operator.del(`switchyard:log:${room(subject)}`);
        await operator.call('DEBUG', 'RELOAD', 'NOSAVE');
        await actTo(subject, 5, 6);
        return 6;
      },
    ],
  ];

  describe.each(SUBJECTS.map((subject) => [subject.contract.kind, subject] as const))(
    'in a room of kind %s',
    (_, subject) => {
      it.each(HOLES)('leaves no client with an unnoticed gap when %s', async (_name, makeHole) => {
        const followers = await Promise.all(CLIENTS.map(({ follow }) => follow(serving.url, subject)));
        await actTo(subject, 1, 1);
        for (const follower of followers) await follower.until(1);
        await operator.save();
        await actTo(subject, 2, 2);
        for (const follower of followers) await follower.until(2);
        const before = followers.map(({ said }) => said.length);
        cutOff();
        const latest = await makeHole(subject);
        proxy.accept();
        // It must not wait for the next event.
        for (const follower of followers) await follower.until(latest);
        await subject.act(worker, 99);
        const all =
          subject.contract.kind === 'state' ? [99] : [...Array.from({ length: latest }, (_one, n) => n + 1), 99];
        for (const [index, follower] of followers.entries()) {
          await follower.until(99);
          expect([CLIENTS[index]!.name, follower.numbers]).toEqual([CLIENTS[index]!.name, all]);
        }
        for (const [index, { name }] of BLIND.entries()) {
          const tail = followers[index]!.said.slice(before[index]);
          // On some old wires of kind `state`, a snapshot looks like an event.
          const snapshot = expect.anything() as unknown;
          expect([name, tail]).toEqual([name, [snapshot, expect.anything()]]);
          if (subject.contract.kind !== 'state') {
            expect(tail[0]).toEqual({ snapshot: all.slice(0, -1) });
            expect(tail[1]).toEqual({ event: 99 });
          }
        }
      });

      it('answers a poll from before the hole with a snapshot', async () => {
        const { contract, key } = subject;
        const poll = async (since = '') => {
          const reply = await fetch(`${serving.url}${pollPath(contract)}/${key}${since}`);
          return (await reply.json()) as JoinReply;
        };
        await actTo(subject, 1, 2);
        const { epoch, offset } = await poll();
        await actTo(subject, 3, MISSED);
        await store.rooms.trim(room(subject), KEPT);
        const reply = await poll(`?since=${epoch}:${offset}`);
        expect(reply).toMatchObject({ recovered: false, offset: MISSED });
        expect(subject.numbersIn(reply.snapshot as never)).toContain(MISSED);
      });

      it('continues without a snapshot when no event is missing', async () => {
        const follower = await plainSocket({})(serving.url, subject);
        await actTo(subject, 1, 2);
        await follower.until(2);
        const before = follower.said.length;
        cutOff();
        await actTo(subject, 3, 4);
        proxy.accept();
        await follower.until(4);
        await store.rooms.clear(room(subject));
        await actTo(subject, 5, 5);
        await follower.until(5);
        expect(follower.said.slice(before)).toMatchObject(
          subject.contract.kind === 'state' ? [{}, {}, {}] : [{ event: 3 }, { event: 4 }, { event: 5 }],
        );
      });
    },
  );

  const missSome = async () => {
    const subject = SUBJECTS[0]!;
    cutOff();
    await actTo(subject, 3, MISSED);
    await store.rooms.trim('board_b', KEPT);
    proxy.accept();
  };

  it('sends an old client of the root namespace the snapshot', async () => {
    const socket = await openSocket(serving.url, '/').connected();
    socket.socket.emit('watch', 'b');
    await socket.next('notes_b');
    await actTo(SUBJECTS[0]!, 1, 2);
    await socket.waitFor(({ args: [note] }) => (note as Note).id === 2);
    await missSome();
    const [snapshot] = await socket.next<[{ notes: Note[] }]>('notes_b');
    expect(snapshot.notes.map(({ id }) => id)).toEqual(Array.from({ length: MISSED }, (_, n) => n + 1));
    await actTo(SUBJECTS[0]!, MISSED + 1, MISSED + 1);
    await socket.waitFor(({ args: [note] }) => (note as Note).id === MISSED + 1);
    const ids = socket.received.filter(({ event }) => event === 'note_b').map(({ args }) => (args[0] as Note).id);
    expect(ids).toEqual([1, 2, MISSED + 1]);
  });

  it('shows the hole to a client of the root namespace that asked for positions', async () => {
    const socket = await openSocket(serving.url, '/').connected();
    await socket.call('watch', { board_id: 'b', switchyard: 1 });
    await actTo(SUBJECTS[0]!, 1, 2);
    await socket.waitFor(({ args: [note] }) => (note as Note).id === 2);
    await missSome();
    const { args } = await socket.waitFor(({ event, args: [note] }) => event === 'note_b' && (note as Note).id > 2);
    expect(args[0]).toMatchObject({ id: MISSED - KEPT + 1, _sy: { offset: MISSED - KEPT + 1 } });
  });

  it('closes a socket with many rooms, whose wire has no snapshots, so that it reconnects', async () => {
    const socket = await openWs(serving.url, '/boards').opened();
    socket.send({ board: 'b', text: '1' });
    await socket.waitFor((frame) => frame.includes('note'));
    await missSome();
    expect(await socket.closed()).toMatchObject({ code: 1012 });
    expect(socket.frames).toHaveLength(1);
  });

  it('closes each connection without a snapshot, on every wire, so that it reconnects', async () => {
    const [socket, root] = await Promise.all(['/board', '/'].map((name) => openSocket(serving.url, name).connected()));
    await socket!.call('join_board', { board_id: 'b' });
    root!.socket.emit('watch', 'b');
    await root!.next('notes_b');
    const old = await openWs(serving.url, legacyPath(boardLegacy, 'b')).opened();
    await old.next();
    await actTo(SUBJECTS[0]!, 1, 2);
    await old.waitFor((frame) => frame.includes('"id":2'));
    Object.assign(serving.board, { boards: new Map() });
    await missSome();
    for (const one of [socket!, root!]) expect(await one.disconnected()).toBe('transport close');
    expect(await old.closed()).toMatchObject({ code: 1012 });
  });

  it('makes the snapshot for each member with its options, and for its own user', async () => {
    const views = [
      { token: 'ann', from: 2 },
      { token: 'bob', from: 5 },
    ];
    const sockets = await Promise.all(
      views.map(({ token }) => openSocket(serving.url, '/lens', { auth: { token } }).connected()),
    );
    const shown = ({ token, from }: (typeof views)[number]) => ({ user: token, from });
    for (const [index, view] of views.entries()) {
      const { from } = view;
      await sockets[index]!.call<Reply>('join_lens', { lens_id: 'l', from });
      expect(await sockets[index]!.next('lens_view')).toMatchObject([shown(view), {}]);
    }
    const lenses = worker.get(LensGateway);
    await lenses.turn('l', 1);
    for (const socket of sockets) await socket.next('turned');
    cutOff();
    for (let n = 2; n <= MISSED; n += 1) await lenses.turn('l', n);
    await store.rooms.trim('lens_l', KEPT);
    proxy.accept();
    for (const [index, view] of views.entries()) {
      const epoch = expect.any(String) as unknown;
      const position = { room: 'lens_l', epoch, offset: MISSED };
      expect(await sockets[index]!.next('lens_view')).toEqual([shown(view), position]);
    }
    await lenses.turn('l', 99);
    for (const socket of sockets)
      expect(await socket.next('turned')).toMatchObject([{ n: 99 }, { offset: MISSED + 1 }]);
  });
});
