import { deepStrictEqual as deepEqual, equal } from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { defineService, presenceAfter, type JoinReply, type Presence, type PresenceChange } from '@switchyard/contract';
import fc from 'fast-check';
import type { Delivery } from '../room/delivery.js';
import { Room } from '../room/room.js';
import { RoomIndex } from '../room/room.index.js';
import { identify, type User } from '../caller/caller.js';
import { MemoryStore } from '../store/memory/memory.store.js';
import { RoomPresence } from './room.presence.js';
import { until } from '../../../../test/harness/until.js';

interface HallTypes {
  room: { id: string };
  calls: Record<never, never>;
  events: Record<never, never>;
  snapshot: object;
}

const hall = defineService<HallTypes>()({
  name: 'hall',
  kind: 'log',
  room: { prefix: 'hall', key: 'id' },
  join: 'join_hall',
  leave: 'leave_hall',
  snapshot: 'hall',
  presence: true,
  calls: {},
  events: {},
});

const connection = (id: string, user: User | undefined = { id }) => ({
  id,
  caller: identify('socketio', user, undefined),
});

/** Rooms with real queues around one presence; `published` has each change with the connections that it skips. */
class Halls {
  readonly published: (PresenceChange & { except: string[]; at: number })[] = [];
  readonly changed = new EventEmitter();
  readonly presence: RoomPresence;
  private readonly rooms = new Map<string, Room>();
  private readonly store = new MemoryStore();

  constructor(grace_ms: number, window_ms: number) {
    this.presence = new RoomPresence(
      undefined,
      (room, make) => this.rooms.get(room)?.broadcastSystem(make),
      grace_ms,
      window_ms,
    );
  }

  room(key: string): Room {
    const { presence, store } = this;
    const room = new Room(key, {
      contract: hall,
      rooms: store.rooms,
      records: new RoomIndex(store.documents),
      snapshot: () => ({}),
      deliver: (name, { payload, except = new Set() }: Delivery) => {
        const change = payload as PresenceChange;
        this.published.push({ ...change, except: [...except], at: performance.now() });
        this.changed.emit(name, change, except);
      },
      entering: (name, member) => presence.enter(name, member),
      left: (name, member) => presence.leave(name, member),
      ended: () => undefined,
      idle: () => undefined,
    });
    this.rooms.set(room.name, room);
    return room;
  }

  async next(room: Room): Promise<PresenceChange> {
    return ((await once(this.changed, room.name)) as [PresenceChange])[0];
  }
}

async function join(room: Room, id: string, user?: User): Promise<Presence> {
  const { members, users } = (await room.join(connection(id, user), undefined, {}, () => true))!;
  return { members: members!, users: users! };
}

describe('presence in a room', () => {
  let halls: Halls;
  const open = (grace_ms: number, window_ms: number) => {
    halls = new Halls(grace_ms, window_ms);
    return halls.room('r');
  };
  /** Opens a room whose windows end only when the test says so, however slow the machine is. */
  const openWithFakeTime = (...times: Parameters<typeof open>) => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    return open(...times);
  };
  afterEach(() => {
    halls.presence.close();
    jest.useRealTimers();
  });

  it('ends for a person when the last of their connections has been closed for the grace', async () => {
    const grace_ms = 20;
    const room = open(grace_ms, 1);
    await join(room, 'witness');
    const ann = { id: 'ann' };
    for (const device of ['phone', 'laptop', 'laptop']) await join(room, device, ann);
    const began = performance.now();
    await room.leave('phone');
    await room.leave('phone');
    expect(await join(room, 'bob')).toEqual({ members: 3, users: ['witness', 'ann', 'bob'] });
    await room.leave('laptop');
    const left = await new Promise((resolve) =>
      halls.changed.on(room.name, (change: PresenceChange) => change.left!.length > 0 && resolve(change)),
    );
    expect(performance.now() - began).toBeGreaterThanOrEqual(grace_ms - 1);
    expect(left).toEqual({ room: 'hall_r', joined: [], left: ['ann'], members: 2 });
    expect(halls.published.flatMap(({ joined }) => joined)).toEqual(['ann', 'bob']);
    expect(halls.presence.size).toBe(2);
  });

  it('starts the grace again for somebody who came back, and keeps rooms apart', async () => {
    const r = open(20, 1);
    const s = halls.room('s');
    for (const room of [r, s]) for (const id of ['witness', 'ann']) await join(room, id);
    await r.leave('ann');
    await join(r, 'ann');
    const left = async (room: Room) => {
      for (;;) if ((await halls.next(room)).left!.includes('ann')) return;
    };
    const leftS = left(s);
    await s.leave('ann');
    await leftS;
    const leftR = left(r);
    await r.leave('ann');
    await leftR;
    expect(halls.published.filter(({ left }) => left!.length > 0).map(({ room }) => room)).toEqual([
      'hall_s',
      'hall_r',
    ]);
  });

  it('counts each connection without a user and a client id as a person', async () => {
    open(20, 1);
    const { presence } = halls;
    const nobody = (id: string) => ({ id, caller: identify('legacy', undefined, undefined) });
    await presence.enter('r', nobody('one'));
    expect(await presence.enter('r', nobody('two'))).toMatchObject({ members: 2 });
    expect(await presence.visit('r', nobody('poll').caller)).toMatchObject({ members: 2 });
  });

  it('sends one change at once, later ones together when the window ends, and nothing to members that know them', async () => {
    const window_ms = 50;
    const room = openWithFakeTime(1000, window_ms);
    await join(room, 'ann');
    await join(room, 'bob');
    await Promise.all(['cay', 'dan', 'eve'].map((id) => join(room, id)));
    const first = { joined: ['bob'], left: [], members: 2, except: ['bob'] };
    await jest.advanceTimersByTimeAsync(window_ms - 1);
    expect(halls.published).toMatchObject([first]);
    await jest.advanceTimersByTimeAsync(1);
    expect(halls.published).toMatchObject([
      first,
      { joined: ['cay', 'dan', 'eve'], left: [], members: 5, except: ['eve'] },
    ]);
  });

  it('does not report somebody who came and went, or left and came back, within a window', async () => {
    const window_ms = 100;
    const room = openWithFakeTime(0, window_ms);
    for (const id of ['ann', 'bob', 'cay']) await join(room, id);
    // The window that bob opened ends, and cay's begins.
    await jest.advanceTimersByTimeAsync(window_ms);
    const { presence } = halls;
    const gone = async (members: number) => {
      await jest.advanceTimersByTimeAsync(1);
      expect(await presence.here(room.name, 0)).toMatchObject({ members });
    };
    const passing = identify('polling', { id: 'passing' }, undefined);
    await presence.visit(room.name, passing);
    await gone(3);
    await room.leave('bob');
    await gone(2);
    await presence.visit(room.name, identify('polling', { id: 'bob' }, undefined));
    await room.join(connection('bob'), undefined, {}, () => true);
    await join(room, 'dan');
    await jest.advanceTimersByTimeAsync(window_ms);
    expect(halls.published.map(({ joined, left }) => [joined, left])).toEqual([
      [['bob'], []],
      [['cay'], []],
      [['dan'], []],
    ]);
  });

  it('names nobody in a large room, and everybody once it has become small', async () => {
    const room = open(0, 1);
    const crowd = Array.from({ length: 102 }, (_, n) => `u${n}`);
    const answers = await Promise.all(crowd.map((id) => join(room, id)));
    expect(answers.at(-1)).toEqual({ members: 102, users: crowd.slice(0, 100) });
    await until('102 members published', () => halls.published.at(-1)?.members === 102);
    const { except, at, ...large } = halls.published.at(-1)!;
    expect([large, except.length <= 1, at > 0]).toEqual([{ room: 'hall_r', members: 102 }, true, true]);
    for (const id of ['u0', 'u1', 'u2']) await room.leave(id);
    await until('99 members published', () => halls.published.at(-1)?.members === 99);
    expect(halls.published.filter(({ joined }) => joined).at(-1)).toMatchObject({
      members: expect.any(Number) as number,
    });
    const named = halls.published.slice(halls.published.findLastIndex(({ joined }) => !joined) + 1);
    const users = named.reduce<Presence | undefined>((before, change) => presenceAfter(before, change), undefined);
    expect(users).toEqual({ members: 99, users: crowd.slice(3) });
  });

  it('ends without a message when the process ends', async () => {
    const room = open(20, 1);
    await join(room, 'ann');
    halls.presence.close();
    await room.leave('ann');
    expect(halls.presence.size).toBe(0);
    expect(halls.published).toEqual([]);
  });

  it('costs each of many who join at once one message for each window, not for each person', async () => {
    const window_ms = 50;
    const room = open(1000, window_ms);
    const count = 500;
    const began = performance.now();
    for (let n = 0; n < count; n += 1) await join(room, `u${n}`);
    await until('the count told', () => halls.published.at(-1)?.members === count);
    const windows = Math.ceil((performance.now() - began) / window_ms);
    expect(halls.published.length).toBeLessThanOrEqual(windows + 1);
    expect(halls.published.length).toBeLessThan(count / 10);
  });
});

/** A member that applies each change to the answer to its join. */
class Listener {
  presence: Presence | undefined;
  isIn = false;

  admit({ members, users }: JoinReply): boolean {
    this.presence = { members: members!, users: users! };
    this.isIn = true;
    return true;
  }
}

type Step =
  { do: 'join' | 'leave' | 'poll'; who: number } | { do: 'crowd comes' | 'crowd goes' } | { do: 'wait'; ms: number };

const who = fc.nat(4);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('join' as const), who }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('poll' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('crowd comes' as const, 'crowd goes' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(4) }) },
);

const CROWD = Array.from({ length: 98 }, (_, n) => `crowd-${n}`);

async function play(steps: readonly Step[]): Promise<void> {
  const halls = new Halls(0, 8);
  const room = halls.room('r');
  const listeners = [0, 1, 2, 3, 4].map(() => new Listener());
  const agreed = () => {
    const lists = listeners.filter(({ isIn }) => isIn).map(({ presence }) => presence!);
    for (const { members, users } of lists) {
      equal(members, lists[0]!.members);
      if (members > 100) continue;
      equal(users.length, members, 'somebody was not named');
      deepEqual([...users].sort(), [...lists[0]!.users].sort());
    }
    return lists[0];
  };
  halls.changed.on(room.name, (change: PresenceChange, except: ReadonlySet<string>) => {
    listeners.forEach((listener, n) => {
      if (listener.isIn && !except.has(`c${n}`)) listener.presence = presenceAfter(listener.presence, change);
    });
    agreed();
  });
  const work: Promise<unknown>[] = [];
  for (const action of steps) {
    const id = 'who' in action ? `c${action.who}` : '';
    const listener = 'who' in action ? listeners[action.who]! : undefined;
    if (action.do === 'join') {
      work.push(room.join(connection(id), undefined, {}, (reply) => listener!.admit(reply)));
    } else if (action.do === 'leave') {
      work.push(room.leave(id, () => (listener!.isIn = false)));
    } else if (action.do === 'poll') {
      work.push(halls.presence.visit(room.name, identify('polling', { id: `p${id}` }, undefined)));
    } else if (action.do === 'wait') {
      await pause(action.ms);
    } else {
      const comes = action.do === 'crowd comes';
      work.push(...CROWD.map((crowd): Promise<unknown> => (comes ? join(room, crowd) : room.leave(crowd))));
    }
  }
  await Promise.all(work);
  // After a whole window without a change, everybody has left and every change is published.
  for (let published = -1; published !== halls.published.length || halls.presence.size !== room.members.size;) {
    published = halls.published.length;
    await pause(20);
  }
  const truth = await halls.presence.here(room.name, 0);
  const last = agreed();
  if (last) {
    equal(last.members, truth.members);
    if (truth.members <= 100) deepEqual([...last.users].sort(), [...truth.users].sort());
  }
  halls.presence.close();
}

it('a member that applies each change to the answer to its join always knows who is in the room', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), play), { numRuns: 100 });
});
