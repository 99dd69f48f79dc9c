import { Fault, RemoteFault, type RealtimeConfig, type Reply, type WireName } from '@switchyard/contract';
import { config as rxjs } from 'rxjs';
import { until } from '../../../../test/harness/until.js';
import { notes, type NotesTypes } from '../../test/notes.contract.js';
import { Recording } from '../../test/recording.js';
import { Realtime } from '../realtime/realtime.js';
import type { RealtimeOptions } from '../realtime/realtime.options.js';
import { ServiceClient } from '../service/service.client.js';
import { FakeTransport } from '../testing/index.js';
import { AddressLookup } from './address.lookup.js';

const at = (offset: number) => ({ epoch: 'e', offset });
const note = (text: string, offset: number) => ({ event: 'note_added', payload: { text }, position: at(offset) });
const refusal = (
  code: 'room.forbidden' | 'rate.limited' | 'auth.invalid' | 'service.closed',
  details?: Record<string, unknown>,
) => new Fault(code, details);

/** A service whose wires a test controls, and a server that only answers with the wire to use. */
const start = async (options: RealtimeOptions = {}) => {
  const made: FakeTransport[] = [];
  const prepare: Partial<Record<WireName, (wire: FakeTransport) => void>> = {};
  const server = { wire: 'socketio', configs: 0, answer: (): Promise<void> => Promise.resolve() };
  const config = (): RealtimeConfig => {
    const address = { wire: server.wire, stage: 'canary', namespace: '/notes', poll_path: '' } as const;
    return { version: '1.0', server_time: '', features: {}, limits: {}, services: { notes: address } };
  };
  const realtime = new Realtime({
    url: 'http://localhost',
    fallbacks: [],
    reconnect: { minMs: 1, maxMs: 2 },
    fetch: async () => {
      server.configs += 1;
      const answer = config();
      await server.answer();
      return Response.json(answer);
    },
    transports: (name) => {
      if (name !== 'socketio' && name !== 'legacy') return undefined;
      const wire = new FakeTransport(name);
      wire.admit = () => ({ recovered: false, snapshot: { texts: [] }, ...at(1) });
      prepare[name]?.(wire);
      made.push(wire);
      return wire;
    },
    ...options,
  });
  open.push(realtime);
  const client = new ServiceClient<NotesTypes>(realtime, notes);
  const states = new Recording(client.state$);
  const announced = new Recording(client.control$);
  const seen = new Recording(client.room('r1').on('note_added'));
  await states.until((all) => all.at(-1) === 'subscribed');
  const own = made[0]!;
  const announce = (to: WireName, within_ms = 0, service = 'notes') =>
    own.control$.next({ event: 'transport_switch', payload: { service, to, reason: 'canary', within_ms } });
  const wires = () => made.map(({ wire }) => wire);
  const add = (text: string) => client.call('add_note', { book_id: 'r1', text });
  const on = (wire: WireName) => until(`the service on ${wire}`, () => realtime.stats().wires.notes === wire);
  /** Resolves after a round trip of timers, in which a wrong move would have begun. */
  const settled = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve));
  };
  return { realtime, client, server, states, announced, seen, made, own, prepare, announce, wires, add, on, settled };
};
const open: Realtime[] = [];
afterEach(() => open.splice(0).forEach((realtime) => realtime.close()));

it('an announced service moves without a change of its state, and without a question to the server', async () => {
  const { realtime, server, states, announced, seen, made, announce, on } = await start();
  announce('legacy', 10);
  await on('legacy');
  made[1]!.emit('r1', note('there', 2));
  expect(seen.values).toEqual([{ text: 'there' }]);
  expect(states.values).toEqual(['idle', 'initializing', 'connected', 'subscribed']);
  expect(announced.values).toEqual([
    { event: 'transport_switch', payload: { service: 'notes', to: 'legacy', reason: 'canary', within_ms: 10 } },
  ]);
  expect(realtime.stats().moves).toEqual({ made: 1, failed: 0 });
  expect(server.configs).toBe(1);
});

describe('clients that get one announcement', () => {
  // Counts the chosen moments, not those at which a busy machine gets round to them.
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate'] }));
  afterEach(() => jest.useRealTimers());

  it('move at moments spread over the time given', async () => {
    const quarter_ms = 100;
    let moves = 0;
    const lookups = Array.from({ length: 400 }, () => {
      const follow = () => Promise.resolve((moves += 1) > 0);
      const lookup = new AddressLookup({ backoff: { minMs: 1, maxMs: 2 }, follow });
      lookup.review('wire');
      lookup.announce({ wire: 'legacy', stage: 'canary', namespace: '', poll_path: '' }, 4 * quarter_ms);
      return lookup;
    });
    // Of 400 uniform moments 100 are expected in each quarter, and fewer than 60 are a matter of 1 in 100,000.
    for (let quarter = 0; quarter < 4; quarter += 1) {
      const before = moves;
      jest.advanceTimersByTime(quarter_ms);
      await new Promise((resolve) => setImmediate(resolve));
      expect(moves - before).toBeGreaterThan(60);
    }
    expect(moves).toBe(lookups.length);
    lookups.forEach((lookup) => lookup.close());
  });
});

it('an announcement for another service is ignored, because services may share a connection', async () => {
  const { announced, wires, announce, settled } = await start();
  announce('legacy', 0, 'meter');
  await settled();
  expect([announced.values, wires()]).toEqual([[], ['socketio']]);
});

it('an announced wire that this client cannot use leaves it where it is', async () => {
  const { realtime, states, wires, announce, on, settled } = await start();
  announce('legacy');
  await on('legacy');
  announce('carrier-pigeon');
  await settled();
  expect(wires()).toEqual(['socketio', 'legacy']);
  expect(realtime.stats()).toMatchObject({ wires: { notes: 'legacy' }, moves: { made: 1, failed: 0 } });
  expect(states.values.at(-1)).toBe('subscribed');
});

it('an announcement without content is ignored', async () => {
  const failures: unknown[] = [];
  rxjs.onUnhandledError = (failure) => failures.push(failure);
  const { announced, own, wires, settled } = await start();
  own.control$.next({ event: 'transport_switch', payload: null } as never);
  await settled();
  rxjs.onUnhandledError = null;
  expect([failures, announced.values, wires()]).toEqual([[], [], ['socketio']]);
});

it('a page that chose its wire ignores announcements and the configuration', async () => {
  const { client, server, made, announced, announce, own, settled } = await start({ wire: 'legacy' });
  announce('socketio');
  await settled();
  own.lose(1);
  await until('the question', () => server.configs === 2);
  own.connect();
  await settled();
  expect(made.map(({ wire }) => wire)).toEqual(['legacy']);
  expect(client.connection.wire).toBe('legacy');
  expect(announced.values).toEqual([]);
});

describe('a second announcement', () => {
  it('replaces one that waits', async () => {
    const { announced, wires, announce, on } = await start();
    announce('legacy', 60_000);
    announce('legacy', 0);
    await on('legacy');
    expect(wires()).toEqual(['socketio', 'legacy']);
    expect(announced.values).toHaveLength(1);
  });

  it('replaces one that waits also when the new wait is longer', async () => {
    const { wires, announce, settled } = await start();
    announce('legacy', 10);
    announce('legacy', 1e9);
    await settled();
    expect(wires()).toEqual(['socketio']);
  });

  it('that names the wire in use cancels one that waits, and opens no connection', async () => {
    const { server, wires, announce, settled } = await start();
    announce('legacy', 5);
    announce('socketio', 60_000);
    await settled();
    expect([wires(), server.configs]).toEqual([['socketio'], 1]);
  });

  it('that names the wire in use cancels a move in progress', async () => {
    const { realtime, server, states, prepare, made, announce, settled, add } = await start();
    prepare.legacy = (wire) => (wire.admit = () => undefined);
    announce('legacy');
    await until('the join on the other wire', () => made[1]?.rooms.size === 1);
    announce('socketio', 60_000);
    expect(made[1]!.state$.value.status).toBe('closed');
    await add('a');
    await settled();
    expect([made.length, made[0]!.calls.length, server.configs]).toEqual([2, 1, 1]);
    expect(realtime.stats()).toMatchObject({ wires: { notes: 'socketio' }, moves: { made: 0, failed: 0 } });
    expect(states.values.at(-1)).toBe('subscribed');
  });

  it('that names the wire being moved to lets the move go on', async () => {
    const { prepare, made, wires, announce, on } = await start();
    prepare.legacy = (wire) => (wire.admit = () => undefined);
    announce('legacy');
    await until('the join on the other wire', () => made[1]?.rooms.size === 1);
    announce('legacy', 60_000);
    made[1]!.rooms.get('r1')!.joined('legacy', { recovered: true, events: [], ...at(1) });
    await on('legacy');
    expect(wires()).toEqual(['socketio', 'legacy']);
  });

  it('wins against an earlier refusal that named another wire', async () => {
    const { client, server, own, announce, made, on, settled } = await start();
    server.wire = 'legacy';
    own.rooms.get('r1')!.refused('socketio', new RemoteFault(refusal('service.closed', { to: 'legacy' }).toBody()));
    await on('legacy');
    server.wire = 'socketio';
    made[1]!.control$.next({
      event: 'transport_switch',
      payload: { service: 'notes', to: 'socketio', reason: 'open again', within_ms: 0 },
    });
    await on('socketio');
    const asked = server.configs;
    client.connection.reroute();
    await until('the configuration', () => server.configs > asked);
    await settled();
    expect(client.connection.wire).toBe('socketio');
    expect(made).toHaveLength(3);
    announce('legacy');
  });

  it('wins against an answer of the server that was on its way', async () => {
    const { client, server, made, announce, on, settled } = await start();
    let answer!: () => void;
    server.answer = () => new Promise((resolve) => (answer = resolve));
    client.connection.reroute();
    await until('the question', () => server.configs === 2);
    announce('legacy');
    await on('legacy');
    answer();
    await settled();
    expect(made.map(({ wire }) => wire)).toEqual(['socketio', 'legacy']);
    expect(client.connection.wire).toBe('legacy');
  });
});

it.each<WireName>(['legacy', 'socketio'])(
  'a client that loses its wire before an announced move does not wait, and ends on %s where the server says',
  async (wire) => {
    const { server, own, states, announce, on } = await start();
    announce('legacy', 60_000);
    server.wire = wire;
    own.lose(1);
    expect(states.values.at(-1)).toBe('reconnecting');
    if (wire === 'socketio') {
      await until('the answer', () => server.configs === 2);
      own.connect();
    }
    await on(wire);
    await states.until((all) => all.at(-1) === 'subscribed');
    expect(server.configs).toBeGreaterThan(1);
  },
);

it('a service does not go back and forth without end between wires that name each other', async () => {
  const { made, prepare, own, on, settled } = await start({
    reconnect: { minMs: 60_000, maxMs: 120_000 },
  });
  const refuse = (to: WireName) => (wire: FakeTransport) => {
    const fault = new RemoteFault(refusal('service.closed', { to }).toBody());
    const turnAway = () => wire.state$.next({ status: 'disconnected', failures: 1, fault });
    wire.connect = () => void setTimeout(turnAway);
  };
  prepare.socketio = refuse('legacy');
  prepare.legacy = refuse('socketio');
  own.state$.next({ status: 'disconnected', failures: 0 });
  refuse('legacy')(own);
  own.connect();
  await until('the redirects', () => made.length === 3);
  await settled();
  expect(made.map(({ wire }) => wire)).toEqual(['socketio', 'legacy', 'socketio']);
  // Newer advice is followed.
  prepare.legacy = undefined;
  made.at(-1)!.control$.next({
    event: 'transport_switch',
    payload: { service: 'notes', to: 'legacy', reason: 'canary', within_ms: 0 },
  });
  await on('legacy');
});

describe('a move that fails', () => {
  const FAILURES: Record<string, { code: string; fail(wire: FakeTransport): void }> = {
    'because a room is refused': {
      code: 'room.forbidden',
      fail: (wire) => (wire.admit = () => refusal('room.forbidden')),
    },
    'because the other wire does not accept the credentials that this one accepts': {
      code: 'auth.invalid',
      fail: (wire) => (wire.admit = () => refusal('auth.invalid')),
    },
    'because the service is closed on the other wire': {
      code: 'service.closed',
      fail: (wire) => (wire.admit = () => refusal('service.closed', { to: 'socketio' })),
    },
    'because the other wire refuses connections and names this one': {
      code: 'service.closed',
      fail: (wire) =>
        (wire.connect = () => {
          const fault = new RemoteFault(refusal('service.closed', { to: 'socketio' }).toBody());
          wire.state$.next({ status: 'disconnected', failures: 1, fault });
        }),
    },
    'because the other wire cannot connect': {
      code: 'wire.lost',
      fail: (wire) => (wire.connect = () => wire.lose(3)),
    },
    'because the other wire never connects': { code: 'wire.lost', fail: (wire) => (wire.connect = () => undefined) },
    'because the other wire never answers a join': {
      code: 'wire.lost',
      fail: (wire) => (wire.admit = () => undefined),
    },
    'because the other wire is lost after each connection': {
      code: 'wire.lost',
      fail: (wire) => {
        wire.admit = () => undefined;
        wire.state$.subscribe(({ status }) => {
          if (status === 'connected') setTimeout(() => wire.state$.value.status === 'closed' || wire.lose(), 1);
          if (status === 'disconnected') setTimeout(() => wire.state$.value.status === 'closed' || wire.connect(), 1);
        });
      },
    },
    'because the other wire is lost after the join, and again': {
      code: 'wire.lost',
      fail: (wire) =>
        (wire.join = (room) => {
          wire.rooms.set(room.id, room);
          queueMicrotask(() => wire.lose(3));
        }),
    },
  };

  it.each(Object.entries(FAILURES))('%s keeps the old wire, is reported, and is tried again', async (_why, failure) => {
    const { realtime, server, states, seen, made, own, prepare, announce, add, on } = await start({
      timeouts: { joinMs: 30 },
    });
    server.wire = 'legacy';
    prepare.legacy = (wire) => failure.fail(wire);
    const asked = server.configs;
    announce('legacy');
    await until('the other wire', () => made.length === 2);
    // Calls and rooms go on, during the attempt and after it.
    await add('during');
    own.emit('r1', note('a', 2));
    await until('the failure', () => realtime.stats().moves.failed === 1);
    await add('after');
    own.emit('r1', note('b', 3));
    expect(own.calls.map(({ payload }) => payload)).toMatchObject([{ text: 'during' }, { text: 'after' }]);
    expect(seen.values).toEqual([{ text: 'a' }, { text: 'b' }]);
    const { lastFailure } = realtime.stats().moves;
    expect(lastFailure).toMatchObject({ service: 'notes', to: 'legacy', code: failure.code });
    expect(lastFailure!.error).toMatch(/^unable to /);
    expect(made[1]!.state$.value.status).toBe('closed');
    await until('the next attempt', () => realtime.stats().moves.failed >= 2);
    expect(server.configs).toBeGreaterThan(asked);
    delete prepare.legacy;
    await on('legacy');
    expect(states.values).toEqual(['idle', 'initializing', 'connected', 'subscribed']);
    expect(realtime.stats().moves.made).toBe(1);
  });

  it('is not tried again once the server advises the wire in use', async () => {
    const { realtime, server, made, prepare, announce, settled } = await start();
    prepare.legacy = (wire) => (wire.admit = () => refusal('room.forbidden'));
    announce('legacy');
    await until('the failure', () => realtime.stats().moves.failed === 1);
    await until('the question', () => server.configs === 2);
    await settled();
    expect([made.length, server.configs]).toEqual([2, 2]);
  });

  it('is tried again also where the page has a fixed configuration', async () => {
    const services = {
      notes: { wire: 'socketio', stage: 'socketio', namespace: '/notes', poll_path: '' },
    } as const;
    const config: RealtimeConfig = { version: '1.0', server_time: '', features: {}, limits: {}, services };
    const { realtime, server, prepare, announce, on } = await start({ config });
    prepare.legacy = (wire) => (wire.admit = () => refusal('room.forbidden'));
    announce('legacy');
    await until('two failures', () => realtime.stats().moves.failed === 2);
    delete prepare.legacy;
    await on('legacy');
    expect(server.configs).toBe(0);
  });

  it('is tried again also when it follows an answer that was on its way at the announcement', async () => {
    const { realtime, client, server, prepare, announce, on } = await start();
    let answer!: () => void;
    server.wire = 'legacy';
    server.answer = () => new Promise((resolve) => (answer = resolve));
    prepare.legacy = (wire) => (wire.admit = () => refusal('room.forbidden'));
    client.connection.reroute();
    await until('the question', () => server.configs === 2);
    announce('legacy', 60_000);
    server.answer = () => Promise.resolve();
    answer();
    await until('the failure', () => realtime.stats().moves.failed === 1);
    delete prepare.legacy;
    await on('legacy');
  });

  it('is not reported when the connection was closed meanwhile', async () => {
    const { realtime, made, prepare, announce, settled } = await start();
    prepare.legacy = (wire) => (wire.admit = () => undefined);
    announce('legacy');
    await until('the other wire', () => made.length === 2);
    realtime.close();
    await settled();
    expect(realtime.stats().moves).toEqual({ made: 0, failed: 0 });
  });
});

it('a rate limit on the other wire delays a move, and does not end it', async () => {
  const { realtime, made, prepare, announce, on } = await start({ timeouts: { joinMs: 60 } });
  let joins = 0;
  prepare.legacy = (wire) => {
    const { admit } = wire;
    wire.admit = (key) => {
      joins += 1;
      return joins <= 2 ? refusal('rate.limited', { retry_after_ms: 80 }) : admit(key);
    };
    wire.join = (room) => {
      wire.rooms.set(room.id, room);
      room.joining('legacy');
      const reply = wire.admit(room.key);
      if (reply instanceof Fault) room.refused('legacy', new RemoteFault(reply.toBody()));
      else if (reply) room.joined('legacy', reply);
    };
    wire.connect = () => wire.state$.next({ status: 'connected', failures: 0 });
  };
  announce('legacy');
  await on('legacy');
  expect([joins, made.length]).toEqual([3, 2]);
  expect(realtime.stats().moves).toEqual({ made: 1, failed: 0 });
});

it('a move waits again when the other wire is lost for a moment before the end', async () => {
  const { realtime, states, made, own, announce, add, on, settled } = await start();
  let answer!: (reply: Reply) => void;
  own.answer = () => new Promise((resolve) => (answer = resolve));
  const call = add('in flight');
  announce('legacy');
  await until('the room on the other wire', () => made[1]?.rooms.size === 1);
  const other = made[1]!;
  await until('the end of the move', () => other.state$.value.status === 'connected');
  other.admit = () => undefined;
  other.lose(1);
  other.connect();
  answer({ ok: true, data: { number: 1 } });
  await call;
  await settled();
  expect(realtime.stats().wires).toEqual({ notes: 'socketio' });
  other.rooms.get('r1')!.joined('legacy', { recovered: true, events: [], ...at(1) });
  await on('legacy');
  expect(states.values).toEqual(['idle', 'initializing', 'connected', 'subscribed']);
});

it('the state stays `subscribed` while the other wire alone serves a room before the end of a move', async () => {
  const { states, made, own, prepare, announce, add, on } = await start();
  prepare.legacy = (wire) => (wire.admit = () => ({ recovered: false, snapshot: { texts: ['newer'] }, ...at(9) }));
  let answer!: (reply: Reply) => void;
  own.answer = () => new Promise((resolve) => (answer = resolve));
  const call = add('in flight');
  announce('legacy');
  await until('the room on the other wire', () => made[1]?.state$.value.status === 'connected');
  answer({ ok: true, data: { number: 1 } });
  await call;
  await on('legacy');
  expect(states.values).toEqual(['idle', 'initializing', 'connected', 'subscribed']);
});

it('a move goes on when the wire in use is refused meanwhile because the service is elsewhere', async () => {
  const { realtime, server, states, made, own, prepare, announce, on } = await start();
  server.wire = 'legacy';
  prepare.legacy = (wire) => (wire.admit = () => undefined);
  announce('legacy');
  await until('the join on the other wire', () => made[1]?.rooms.size === 1);
  const fault = new RemoteFault(refusal('service.closed', { to: 'legacy' }).toBody());
  own.rooms.forEach((room) => room.lost('socketio'));
  own.state$.next({ status: 'disconnected', failures: 1, fault });
  made
    .at(-1)!
    .rooms.get('r1')!
    .joined('legacy', { recovered: true, events: [], ...at(1) });
  await on('legacy');
  await states.until((all) => all.at(-1) === 'subscribed');
  expect(made).toHaveLength(2);
  expect(realtime.stats().moves.made).toBe(1);
});
