import { randomUUID } from 'node:crypto';
import type { LeaseStore, NodeStore, Store } from '@switchyard/server';
import { until } from '../harness/until.js';

/** Longer than any test takes. */
const LONG_MS = 60_000;
/** The silence after which an owner counts as dead; longer than a heartbeat and a list take. */
const SHORT_MS = 500;
const RACERS = 10;

/** Checks the rules of a store with leases; `open` returns a new empty store as two processes have it. */
export function leaseConformance(name: string, open: () => Promise<[Store, Store]>): void {
  describe(`the leases of the ${name} store`, () => {
    let stores: [Store, Store];
    let here: LeaseStore;
    let there: LeaseStore;
    let nodes: [NodeStore, NodeStore];
    beforeEach(async () => {
      stores = await open();
      here = stores[0].cluster!.leases;
      there = stores[1].cluster!.leases;
      nodes = [stores[0].cluster!.nodes, stores[1].cluster!.nodes];
    });
    afterEach(() => Promise.all(stores.map((store) => store.close())));

    const isDead = async (owner: string) => {
      await until(`${owner} dead`, async () => {
        const its = (await there.list(SHORT_MS)).filter((lease) => lease.owner === owner);
        return its.length > 0 && its.every(({ isAlive }) => !isAlive);
      });
    };

    it('go to one of many owners that acquire them at once, in any process, which may acquire them again', async () => {
      for (let round = 0; round < RACERS; round += 1) {
        const owners = Array.from({ length: RACERS }, () => randomUUID());
        const takers = owners.map((owner, at) => (at % 2 ? here : there).take(`run-${round}`, owner));
        const taken = await Promise.all(takers);
        const [winner, ...more] = owners.filter((_, at) => taken[at]);
        expect(more).toEqual([]);
        expect(await here.find(`run-${round}`)).toBe(winner);
        expect(await there.take(`run-${round}`, winner!)).toBe(true);
      }
    });

    it('are listed with their owners, which live as long as their heartbeats', async () => {
      await nodes[1].beat('b');
      for (const [key, owner] of [
        ['one', 'a'],
        ['two', 'a'],
        ['three', 'b'],
        ['four', 'nobody heard of'],
      ] as const) {
        expect(await here.take(key, owner)).toBe(true);
      }
      await isDead('b');
      await nodes[0].beat('a');
      const listed = (await here.list(SHORT_MS)).sort((x, y) => (x.key < y.key ? -1 : 1));
      expect(listed).toEqual([
        { key: 'four', owner: 'nobody heard of', isAlive: false },
        { key: 'one', owner: 'a', isAlive: true },
        { key: 'three', owner: 'b', isAlive: false },
        { key: 'two', owner: 'a', isAlive: true },
      ]);
      await nodes[1].beat('b');
      expect((await there.list(SHORT_MS)).find(({ key }) => key === 'three')).toMatchObject({ isAlive: true });
    });

    it('are dead at once when their owner leaves, and stay its own until another seizes them', async () => {
      await nodes[0].beat('a');
      await here.take('run', 'a');
      await nodes[0].leave('a');
      expect(await there.list(LONG_MS)).toEqual([{ key: 'run', owner: 'a', isAlive: false }]);
      expect(await there.take('run', 'b')).toBe(false);
      expect(await there.find('run')).toBe('a');
      expect(await here.keep('run', 'a')).toBe(true);
    });

    it('are renewed by their owner only, even when the store has forgotten them', async () => {
      await here.take('run', 'a');
      expect(await here.keep('run', 'a')).toBe(true);
      expect(await there.keep('run', 'b')).toBe(false);
      await here.release('run', 'a');
      expect(await there.find('run')).toBeUndefined();
      expect(await here.keep('run', 'a')).toBe(true);
      expect(await there.find('run')).toBe('a');
    });

    it('are released by their owner only', async () => {
      await here.take('run', 'a');
      await there.release('run', 'b');
      expect(await here.find('run')).toBe('a');
      await here.release('run', 'a');
      await here.release('run', 'a');
      expect(await here.list(LONG_MS)).toEqual([]);
      expect(await there.take('run', 'b')).toBe(true);
    });

    it('are seized from a dead owner only, and only from the expected one', async () => {
      await nodes[0].beat('a');
      await here.take('run', 'a');
      expect(await there.seize('run', 'b', 'a', LONG_MS)).toBe(false);
      await nodes[0].leave('a');
      expect(await there.seize('run', 'b', 'somebody else', LONG_MS)).toBe(false);
      expect(await there.seize('never taken', 'b', 'a', LONG_MS)).toBe(false);
      expect(await there.seize('run', 'b', 'a', LONG_MS)).toBe(true);
      expect(await here.find('run')).toBe('b');
      expect(await here.find('never taken')).toBeUndefined();
    });

    it('are seized by one of many that try at once', async () => {
      await here.take('run', 'dead');
      const owners = Array.from({ length: RACERS }, () => randomUUID());
      const seized = await Promise.all(
        owners.map((owner, at) => (at % 2 ? here : there).seize('run', owner, 'dead', LONG_MS)),
      );
      expect(seized.filter(Boolean)).toHaveLength(1);
      expect(await here.find('run')).toBe(owners[seized.indexOf(true)]);
    });

    it('are not seized from an owner that renews at the same time, or are seized and it notices', async () => {
      for (let round = 0; round < RACERS; round += 1) {
        const [key, owner] = [`run-${round}`, `a-${round}`];
        await here.take(key, owner);
        const [isSeized] = await Promise.all([there.seize(key, 'b', owner, LONG_MS), nodes[0].beat(owner)]);
        expect(await here.keep(key, owner)).toBe(!isSeized);
        expect(await there.find(key)).toBe(isSeized ? 'b' : owner);
      }
    });

    it('are not renewed by an owner that counted as dead, not even when the seizer has released them', async () => {
      await here.take('run', 'a');
      await there.seize('run', 'b', 'a', LONG_MS);
      await nodes[0].beat('a');
      expect(await here.keep('run', 'a')).toBe(false);
      await here.release('run', 'a');
      expect(await there.find('run')).toBe('b');
      await there.release('run', 'b');
      expect(await here.keep('run', 'a')).toBe(false);
      expect(await there.find('run')).toBeUndefined();
    });

    it('are visible before anything that is written after them', async () => {
      for (let round = 0; round < RACERS; round += 1) {
        const id = `run-${round}`;
        const taking = here.take(id, 'a');
        const write = { collection: 'runs', id, value: { id } };
        const appending = stores[0].rooms.append(id, { event: 'e', payload: '{}', at: 1 }, 10, [write]);
        await until('the write', () => stores[1].documents.get('runs', id));
        expect(await there.find(id)).toBe('a');
        await Promise.all([taking, appending]);
      }
    });
  });
}
