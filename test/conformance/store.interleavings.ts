import { deepStrictEqual as deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { Position } from '@switchyard/contract';
import {
  DocumentConflict,
  type DocumentWrite,
  type ReplayLimit,
  type Store,
  type StoredEntry,
} from '@switchyard/server';
import fc from 'fast-check';

const KEEP = 6;
const ROOMS = ['a', 'b'] as const;
const COLLECTION = 'counts';
const UNLIMITED: ReplayLimit = { events: Infinity, bytes: Infinity };

/** Opens a store again as if its process had died at this moment. */
export type Crash = (store: Store) => Promise<Store>;

type Step =
  | { do: 'append'; room: string; wait: boolean }
  | { do: 'count'; room: string; with: 'append' | 'write'; isStale: boolean }
  | { do: 'read'; room: string; pick: number }
  | { do: 'trim'; room: string; keep: number }
  | { do: 'clear'; room: string }
  | { do: 'forget'; room: string }
  | { do: 'crash'; turns: number };

const room = fc.constantFrom(...ROOMS);
const AT_WORK: fc.WeightedArbitrary<Step>[] = [
  { weight: 16, arbitrary: fc.record({ do: fc.constant('append' as const), room, wait: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('count' as const),
      room,
      with: fc.constantFrom('append' as const, 'write' as const),
      isStale: fc.boolean(),
    }),
  },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('read' as const), room, pick: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('trim' as const), room, keep: fc.nat(KEEP) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('clear' as const), room }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('forget' as const), room }) },
];
const CRASH: fc.WeightedArbitrary<Step> = {
  weight: 2,
  arbitrary: fc.record({ do: fc.constant('crash' as const), turns: fc.nat(2) }),
};

const key = ({ epoch, offset }: Position) => `${epoch}:${offset}`;

/** The contents of a room after one step; a later step never changes it. */
interface State {
  /** The first position of the room's log and each entry, in order; empty without a log. */
  readonly line: readonly Position[];
  /** The payloads of the entries; one fewer than the positions. */
  readonly payloads: readonly string[];
  /** At least this number of the last entries must exist. */
  readonly kept: number;
  /** The counter in the room's document, which outlives the room's log. */
  readonly count: number;
}

const NOTHING: State = { line: [], payloads: [], kept: 0, count: 0 };

/** One room in the view of its clients. */
class KnownRoom {
  /** Every position that was returned, including those of earlier logs and those lost in a crash. */
  readonly shown: Position[] = [];
  private history = [{ state: NOTHING, isDurable: true }];

  constructor(readonly name: string) {}

  get state(): State {
    return this.history.at(-1)!.state;
  }

  follow(state: State): { isDurable: boolean } {
    const step = { state, isDurable: false };
    this.history.push(step);
    return step;
  }

  /** Call it at the moment of a crash, because data that becomes durable later does not count. */
  crash(): void {
    this.history = this.history.slice(this.history.findLastIndex(({ isDurable }) => isDurable));
  }

  /** Finds the state after a crash: one that was reached, and no older than the last durable one. */
  settle(head: Position, hasLog: boolean, found: number): void {
    const left = this.history.find(({ state: { line, count } }) => {
      if (count !== found) return false;
      return hasLog ? line.length > 0 && key(line.at(-1)!) === key(head) : line.length === 0;
    });
    ok(left, `${this.name} came back at ${key(head)} and ${found}, where it never was or what was safe is missing`);
    this.history = [{ state: left.state, isDurable: true }];
  }
}

/** The store under test; a crash replaces it. */
interface Tested {
  store: Store;
  readonly crash: Crash | undefined;
}

/** Runs steps against a store and throws when its answers contradict each other. */
async function play(tested: Tested, prefix: string, steps: readonly Step[]): Promise<void> {
  const known = new Map(ROOMS.map((name) => [name as string, new KnownRoom(`${prefix}${name}`)]));
  let written = 0;
  for (const action of steps) {
    if (action.do === 'crash') {
      for (let turn = 0; turn < action.turns; turn += 1) await setImmediate();
      for (const one of known.values()) one.crash();
      tested.store = await tested.crash!(tested.store);
      const { rooms } = tested.store;
      const names = await rooms.names();
      for (const one of known.values()) {
        one.settle(await rooms.head(one.name), names.includes(one.name), await countOf(tested.store, one.name));
      }
      continue;
    }
    const model = known.get(action.room)!;
    const { state, name } = model;
    const { rooms } = tested.store;
    const before = await rooms.head(name);
    model.shown.push(before);
    switch (action.do) {
      case 'append': {
        const payload = JSON.stringify((written += 1));
        const { durable, ...at } = await rooms.append(name, { event: 'e', payload, at: written }, KEEP);
        equal(at.offset, before.offset + 1);
        ok(!model.shown.some((position) => key(position) === key(at)), 'a position was used twice');
        const step = model.follow(appended(model, state, before, at, payload));
        const flushed = durable.then(() => (step.isDurable = true));
        // When a run fails, its store may be gone before this settles; the first error must stay visible.
        flushed.catch(() => undefined);
        if (action.wait) await flushed;
        break;
      }
      case 'count': {
        const { documents } = tested.store;
        const count = await countOf(tested.store, name);
        equal(count, state.count);
        const write = countTo(name, count + 1, action.isStale ? count + 2 : count);
        const payload = JSON.stringify((written += 1));
        const made =
          action.with === 'write'
            ? documents.write([write]).then(() => undefined)
            : rooms.append(name, { event: 'e', payload, at: written }, KEEP, [write]);
        if (action.isStale) {
          await rejects(made, DocumentConflict);
          deepEqual(await rooms.head(name), before);
          break;
        }
        const entry = await made;
        if (!entry) {
          model.follow({ ...state, count: count + 1 }).isDurable = true;
          break;
        }
        const { durable, ...at } = entry;
        equal(at.offset, before.offset + 1);
        const step = model.follow({ ...appended(model, state, before, at, payload), count: count + 1 });
        durable.then(() => (step.isDurable = true)).catch(() => undefined);
        break;
      }
      case 'read': {
        const since = model.shown[action.pick % model.shown.length]!;
        const found = await rooms.read(name, since, UNLIMITED);
        if (found) expectWhole(found, since, before, state);
        else expectGone(since, before, state);
        break;
      }
      case 'trim':
        await rooms.trim(name, action.keep);
        deepEqual(await rooms.head(name), before);
        model.follow({ ...state, kept: Math.min(state.kept, action.keep) }).isDurable = true;
        break;
      case 'clear': {
        const base = await rooms.clear(name);
        notEqual(base.epoch, before.epoch);
        equal(base.offset, before.offset);
        if (state.line.length > 0) model.follow({ ...state, line: [base], payloads: [], kept: 0 }).isDurable = true;
        break;
      }
      case 'forget':
        await rooms.forget(name);
        model.follow({ ...NOTHING, count: state.count }).isDurable = true;
        break;
    }
  }
  for (const { name } of known.values()) await tested.store.rooms.forget(name);
}

/** A document with `count`, on the condition that it has `from`. */
function countTo(id: string, count: number, from: number): DocumentWrite {
  return { collection: COLLECTION, id, value: { count }, expect: from === 0 ? null : { count: from } };
}

async function countOf({ documents }: Store, id: string): Promise<number> {
  return (await documents.get<{ count: number }>(COLLECTION, id))?.count ?? 0;
}

/** The state after an append. */
function appended({ shown }: KnownRoom, state: State, before: Position, at: Position, payload: string): State {
  // Even when it is lost at once, because a client may have seen it.
  shown.push(at);
  const line = state.line.length > 0 ? [...state.line, at] : [before, at];
  return { ...state, line, payloads: [...state.payloads, payload], kept: Math.min(state.kept + 1, KEEP) };
}

/** Checks that a replay has every entry after `since` up to the head, each with its own position, and nothing else. */
function expectWhole(found: StoredEntry[], since: Position, head: Position, { line, payloads }: State): void {
  if (line.length === 0) return deepEqual([found, since], [[], head]);
  const from = line.findIndex((position) => key(position) === key(since));
  ok(from >= 0, `${key(since)} was taken for a position of this room's life`);
  deepEqual(
    found.map((entry) => [key(entry), entry.payload]),
    payloads.slice(from).map((payload, index) => [key(line[from + 1 + index]!), payload]),
  );
}

/** Checks that the room need not know a position that it does not know. */
function expectGone(since: Position, head: Position, { line, kept }: State): void {
  notEqual(key(since), key(head));
  ok(!line.slice(line.length - 1 - kept).some((position) => line.length > 0 && key(position) === key(since)));
}

/** Random interleavings of all operations of a room's log, and of crashes if the store outlives them. */
export async function playInterleavings(open: () => Promise<Store>, runs: number, crash?: Crash): Promise<void> {
  const tested: Tested = { store: await open(), crash };
  let run = 0;
  const steps = fc.array(fc.oneof(...AT_WORK, ...(crash ? [CRASH] : [])), { minLength: 4, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      await play(tested, `${(run += 1)}-`, taken);
    }),
    { numRuns: runs },
  );
  await tested.store.close();
}
