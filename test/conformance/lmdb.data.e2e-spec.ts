import { copyFileSync, mkdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Position } from '@switchyard/contract';
import type { ReplayLimit } from '@switchyard/server';
import { openLmdbStore, type LmdbStore } from '@switchyard/store-lmdb';
import fc from 'fast-check';
import { fastFolder } from '../harness/fast.folder.js';

const UNLIMITED: ReplayLimit = { events: Infinity, bytes: Infinity };
const ROOMS = ['a', 'b', 'c'] as const;
/** A room that no step uses. */
const OTHER_ROOM = 'd';
const KEEP = 1000;
/** Sizes of values that just fit or do not fit into a shared page, and of one, two and many pages, in bytes. */
const SIZES = [10, 1000, 2000, 4040, 4080, 5000, 8200, 40_000, 300_000] as const;
const FEW_RUNS = 25;
const MANY_RUNS = 60;
const CUTS = 8;

type Step =
  | { do: 'append' | 'write'; room: string; bytes: number; times: number }
  | { do: 'clear' | 'forget' | 'trim' | 'delete'; room: string }
  | { do: 'flush'; room: string };

const room = fc.constantFrom(...ROOMS);
const workload = fc.array(
  fc.oneof<fc.WeightedArbitrary<Step>[]>(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom('append' as const, 'write' as const),
        room,
        bytes: fc.constantFrom(...SIZES),
        times: fc.integer({ min: 1, max: 12 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('clear' as const, 'forget', 'trim', 'delete'), room }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('flush' as const), room }) },
  ),
  { minLength: 2, maxLength: 25 },
);

/** A store under test and every position that it returned. */
class WorkedStore {
  constructor(
    readonly folder: string,
    private store: LmdbStore,
    private readonly given: { room: string; position: Position }[] = [],
  ) {}

  /** The same store, opened from a copy of its file. */
  async openedFrom(folder: string): Promise<WorkedStore> {
    return new WorkedStore(folder, await openLmdbStore(folder), [...this.given]);
  }

  /** Runs all steps, and waits for the disk only where a step says so. */
  async work(steps: readonly Step[]): Promise<void> {
    const waiting: Promise<unknown>[] = [];
    for (const step of steps) {
      if (step.do === 'flush') await Promise.all(waiting.splice(0));
      else waiting.push(...(await this.take(step)));
    }
    await Promise.all(waiting);
  }

  /** The contents of the rooms and documents of all steps, for comparison. */
  async contents(): Promise<unknown> {
    const { rooms, documents } = this.store;
    const names = await rooms.names();
    const found = [];
    for (const name of ROOMS.filter((room) => names.includes(room))) {
      const given = this.given.filter(({ room }) => room === name);
      const reads = await Promise.all(given.map(({ position }) => rooms.read(name, position, UNLIMITED)));
      found.push([name, await rooms.head(name), reads]);
    }
    return [found, await documents.list('c')];
  }

  async reopen(): Promise<void> {
    await this.store.close();
    this.store = await openLmdbStore(this.folder);
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private async take({ room, ...step }: Exclude<Step, { do: 'flush' }>): Promise<Promise<unknown>[]> {
    const { rooms, documents } = this.store;
    switch (step.do) {
      case 'append': {
        const payload = JSON.stringify('x'.repeat(step.bytes));
        const all: Promise<unknown>[] = [];
        for (let n = 0; n < step.times; n += 1) {
          const { durable, ...position } = await rooms.append(room, { event: 'e', payload, at: n }, KEEP);
          this.given.push({ room, position });
          all.push(durable);
        }
        return all;
      }
      case 'write':
        return Array.from({ length: step.times }, (_, n) =>
          documents.write([{ collection: 'c', id: `${room}${n}`, value: { text: 'y'.repeat(step.bytes) } }]),
        );
      case 'delete':
        return [documents.write([{ collection: 'c', id: `${room}0`, value: null }])];
      case 'trim':
        return [rooms.trim(room, 1)];
      default:
        return [rooms[step.do](room)];
    }
  }
}

describe('the data file of the LMDB store', () => {
  const parent = fastFolder();
  let count = 0;
  const fresh = () => join(parent, `${(count += 1)}`);
  afterAll(() => rmSync(parent, { recursive: true, force: true }));

  const worked = async (steps: readonly Step[]) => {
    const folder = fresh();
    const store = new WorkedStore(folder, await openLmdbStore(folder));
    await store.work(steps);
    return store;
  };
  const cutTo = (folder: string, bytes: number) => {
    const copy = fresh();
    mkdirSync(copy);
    copyFileSync(join(folder, 'data.mdb'), join(copy, 'data.mdb'));
    truncateSync(join(copy, 'data.mdb'), bytes);
    return copy;
  };

  it('opens after every close with all acknowledged writes, and can be written to', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(workload, { minLength: 1, maxLength: 3 }), async (lives) => {
        const store = await worked([]);
        for (const steps of lives) {
          await store.work(steps);
          const before = await store.contents();
          await store.reopen();
          expect(await store.contents()).toEqual(before);
        }
        await store.close();
        rmSync(store.folder, { recursive: true });
      }),
      { numRuns: MANY_RUNS },
    );
  }, 300_000);

  it('opens after a cut with all that was acknowledged, or is refused with the reason', async () => {
    const ends = { opened: 0, refused: 0 };
    const cuts = fc.array(fc.tuple(fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: CUTS,
      maxLength: CUTS,
    });
    await fc.assert(
      fc.asyncProperty(workload, cuts, async (steps, shares) => {
        const store = await worked(steps);
        const whole = await store.contents();
        await store.close();
        const { size } = statSync(join(store.folder, 'data.mdb'));
        for (const [isNearEnd, share] of shares) {
          const bytes = Math.floor(isNearEnd ? size - share * Math.min(size, 20_000) : share * size);
          const folder = cutTo(store.folder, bytes);
          const found = await store.openedFrom(folder).catch((error: Error) => error);
          if (found instanceof Error) {
            ends.refused += 1;
            expect(found.message).toMatch(
              /^unable to open .*data\.mdb; [^;]+ \(restore it from a backup, or move .*\)$/,
            );
          } else {
            ends.opened += 1;
            expect(await found.contents()).toEqual(whole);
            await found.work([{ do: 'append', room: OTHER_ROOM, bytes: 5000, times: 9 }]);
            await found.reopen();
            expect(await found.contents()).toEqual(whole);
            await found.close();
          }
          rmSync(folder, { recursive: true });
        }
        rmSync(store.folder, { recursive: true });
      }),
      { numRuns: FEW_RUNS },
    );
    for (const times of Object.values(ends)) expect(times).toBeGreaterThan(0);
  }, 300_000);
});
