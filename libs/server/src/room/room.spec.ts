import { deepStrictEqual as deepEqual, equal, ok } from 'node:assert/strict';
import { defineService, type JoinReply, type Position } from '@switchyard/contract';
import fc from 'fast-check';
import { identify } from '../caller/caller.js';
import { MemoryStore } from '../store/memory/memory.store.js';
import type { RoomStore } from '../store/store.js';
import type { Delivery } from './delivery.js';
import { Room } from './room.js';
import { RoomIndex } from './room.index.js';

interface NumbersTypes {
  room: { id: string };
  calls: Record<never, never>;
  events: { added: { n: number } };
  snapshot: { numbers: number[] };
}

const numbers = defineService<NumbersTypes>()({
  name: 'numbers',
  kind: 'log',
  room: { prefix: 'numbers', key: 'id' },
  join: 'join_numbers',
  leave: 'leave_numbers',
  snapshot: 'numbers',
  calls: {},
  events: { added: {} },
  keep: 5,
});

/** The interleavings of a run; each run has others. */
const INTERLEAVINGS = Number(process.env.INTERLEAVINGS ?? 2000);

const CALLER = identify('socketio', undefined, undefined);

/** Lets the other tasks of this turn of the event loop run first. */
const turn = () => Promise.resolve();

/** The store's room logs, whose answers are late by the turns of the event loop in `delays`. */
function late(rooms: RoomStore, delays: () => number): RoomStore {
  return new Proxy(rooms, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as ((...args: unknown[]) => Promise<unknown>) | undefined;
      if (!method) return undefined;
      return async (...args: unknown[]) => {
        for (let turns = delays(); turns > 0; turns -= 1) await turn();
        const answer = await method.apply(target, args);
        for (let turns = delays(); turns > 0; turns -= 1) await turn();
        return answer;
      };
    },
  });
}

/** A client that throws when its replies and events contradict each other. */
class Listener {
  position: Position | undefined;
  numbers: number[] = [];
  inside = false;

  constructor(readonly id: string) {}

  admit(reply: JoinReply): boolean {
    if (reply.recovered) {
      for (const { payload, epoch, offset } of reply.events!) {
        // The client was still in the room when it asked, and saw every event until the answer.
        if (offset <= this.position!.offset) continue;
        this.take((payload as { n: number }).n, { epoch, offset });
      }
      deepEqual(this.position, { epoch: reply.epoch, offset: reply.offset });
    } else {
      this.numbers = [...(reply.snapshot as { numbers: number[] }).numbers];
      ok(!this.position || reply.offset >= this.position.offset, 'the snapshot is older than what was seen');
      this.position = { epoch: reply.epoch, offset: reply.offset };
    }
    this.inside = true;
    return true;
  }

  take(n: number, { epoch, offset }: Position): void {
    equal(offset, this.position!.offset + 1);
    this.position = { epoch, offset };
    this.numbers.push(n);
  }
}

type Step =
  | { do: 'join'; who: number; resume: boolean }
  | { do: 'leave'; who: number }
  | { do: 'publish' }
  | { do: 'trim'; keep: number }
  | { do: 'wait'; turns: number };

const who = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('publish' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('join' as const), who, resume: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('trim' as const), keep: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), turns: fc.nat(8) }) },
);

async function play(steps: readonly Step[], delays: readonly number[]): Promise<void> {
  let at = 0;
  const store = new MemoryStore();
  const rooms = late(store.rooms, () => delays[(at += 1) % delays.length]!);
  const domain: number[] = [];
  const listeners = [0, 1, 2].map((n) => new Listener(`l${n}`));
  const room = new Room('r', {
    contract: numbers,
    rooms,
    records: new RoomIndex(store.documents),
    snapshot: async () => {
      await turn();
      return { numbers: domain.slice(0, settled) };
    },
    deliver: (_room: string, { payload, position }: Delivery) => {
      for (const listener of listeners) {
        if (listener.inside) listener.take((payload as { n: number }).n, position as Position);
      }
    },
    ended: () => undefined,
    idle: () => undefined,
  });
  let settled = 0;
  const append = rooms.append.bind(rooms);
  rooms.append = async (...args) => {
    const appended = await append(...args);
    settled = appended.offset;
    return appended;
  };
  const work: Promise<unknown>[] = [];
  for (const action of steps) {
    const listener = 'who' in action ? listeners[action.who]! : undefined;
    if (action.do === 'publish') {
      domain.push(domain.length + 1);
      work.push(room.publish('added', { n: domain.length }, []));
    } else if (action.do === 'join') {
      const since = action.resume ? listener!.position : undefined;
      work.push(room.join({ id: listener!.id, caller: CALLER }, since, {}, (reply) => listener!.admit(reply)));
    } else if (action.do === 'leave') {
      work.push(room.leave(listener!.id, () => (listener!.inside = false)));
    } else if (action.do === 'trim') {
      work.push(rooms.trim(room.name, action.keep));
    } else {
      for (let turns = action.turns; turns > 0; turns -= 1) await turn();
    }
  }
  await Promise.all(work);
  for (const listener of listeners) {
    if (listener.inside) deepEqual(listener.numbers, domain);
    else deepEqual(listener.numbers, domain.slice(0, listener.numbers.length));
  }
}

describe('a room', () => {
  it('shows every member each event once and in order in every interleaving of join, leave, publish and trim', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 25 }),
        fc.array(fc.nat(3), { minLength: 3, maxLength: 7 }),
        play,
      ),
      { numRuns: INTERLEAVINGS },
    );
  });
});
