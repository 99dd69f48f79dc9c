import { MAX_NAMED, type Presence } from '@switchyard/contract';
import type { Person, PresenceStore, Store } from '@switchyard/server';
import { Inbox } from '../harness/inbox.js';
import { until } from '../harness/until.js';

/** The silence after which a process is dead; longer than a heartbeat and a query take, in ms. */
const SILENT_MS = 1000;

/** Checks the rules of a store with presence; `open` returns one store as two processes have it. */
export function presenceConformance(name: string, open: () => Promise<[Store, Store]>): void {
  describe(`presence in the ${name} store`, () => {
    const alice: Person = { id: 'id-a', user: 'alice' };
    const bob: Person = { id: 'id-b', user: 'Bob "the\nbuilder" ü' };
    let stores: [Store, Store];
    let a: PresenceStore;
    let b: PresenceStore;
    let heard: [Inbox<string>, Inbox<string>];

    const beat = (...nodes: string[]) => Promise.all(nodes.map((node) => stores[0].cluster!.nodes.beat(node)));
    /** Waits until `node` is dead while the others are alive, and returns the dead ones. */
    const dead = (node: string) =>
      until(`${node} dead`, async () => {
        await beat('node-0', 'node-1');
        const found = await a.dead(SILENT_MS);
        return found.includes(node) && found;
      });

    beforeEach(async () => {
      stores = await open();
      [a, b] = [stores[0].cluster!.presence, stores[1].cluster!.presence];
      heard = [new Inbox('the first'), new Inbox('the second')];
      await Promise.all(
        stores.map(({ cluster }, index) =>
          cluster!.rooms.follow('r', {
            appended: () => undefined,
            volatilePublished: (event) => heard[index]!.put(event),
            check: () => undefined,
          }),
        ),
      );
      await beat('node-0', 'node-1');
    });
    afterEach(() => Promise.all(stores.map((store) => store.close())));

    /** How often both were told of a change, up to the marker that is sent here. */
    const changes = async () => {
      await stores[0].cluster!.rooms.publishVolatile('r', 'end', '{}');
      await heard[1].take((event) => event === 'end', 'the end');
      const { all } = heard[1];
      expect(new Set(all.slice(0, -1))).toEqual(new Set(all.length > 1 ? ['presence_changed'] : []));
      // The first does not receive its own messages.
      while (heard[0].all.length < all.length - 1) await heard[0].take(() => true);
      expect(heard[0].all).toHaveLength(all.length - 1);
      return all.length - 1;
    };
    const crowd = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `id-${n}`, user: `u${n}` }));

    it('tells everybody who came or left, and lists the members in the order they came', async () => {
      expect(await a.enter('node-0', 'r', bob)).toEqual({ members: 1, users: [bob.user] });
      expect(await b.here('r')).toEqual({ members: 1, users: [bob.user] });
      expect(await b.enter('node-1', 'r', alice)).toEqual({ members: 2, users: [bob.user, 'alice'] });
      await a.leave('node-0', 'r', bob);
      expect(await b.known('node-1', 'r')).toEqual({ members: 1, users: ['alice'] });
      expect(await a.enter('node-0', 'r', bob)).toEqual({ members: 2, users: ['alice', bob.user] });
      expect(await changes()).toBe(4);
    });

    it('keeps somebody for as long as one process has them', async () => {
      await a.enter('node-0', 'r', alice);
      await a.enter('node-0', 'r', alice);
      expect(await b.enter('node-1', 'r', alice)).toEqual({ members: 1, users: ['alice'] });
      await a.leave('node-0', 'r', alice);
      await a.leave('node-0', 'r', alice);
      expect(await b.enter('node-1', 'r', alice)).toEqual({ members: 1, users: ['alice'] });
      await b.leave('node-1', 'r', alice);
      expect(await b.here('r')).toEqual({ members: 0, users: [] });
      expect(await changes()).toBe(2);
    });

    it('keeps rooms apart', async () => {
      await a.enter('node-0', 'other', bob);
      expect(await a.enter('node-0', 'r', alice)).toMatchObject({ members: 1 });
      await a.leave('node-0', 'other', bob);
      expect(await changes()).toBe(1);
    });

    it('names a hundred of many members, and all of them page by page', async () => {
      const people = crowd(250);
      const answers: Presence[] = [];
      for (const person of people) answers.push(await a.enter('node-0', 'r', person));
      const users = people.map(({ user }) => user);
      expect(answers[MAX_NAMED - 1]).toEqual({ members: 100, users: users.slice(0, 100) });
      expect(answers.at(-1)).toEqual({ members: 250, users: users.slice(0, 100) });
      const pages = await Promise.all([0, 100, 200, 300].map((from) => b.here('r', from)));
      expect(pages.flatMap((page) => page.users)).toEqual(users);
      expect(pages.map(({ members }) => members)).toEqual([250, 250, 250, 250]);
    });

    it('names all of a hundred members with long names', async () => {
      const people = crowd(100).map(({ id, user }) => ({ id, user: user.padEnd(200, '.') }));
      for (const person of people) await a.enter('node-0', 'r', person);
      expect((await b.here('r')).users).toEqual(people.map(({ user }) => user));
    });

    it('removes the members of a dead process, whichever process looks first, and tells it when it continues', async () => {
      await b.enter('node-1', 'r', bob);
      await beat('node-2');
      await b.enter('node-2', 'r', alice);
      await b.enter('node-2', 'r', bob);
      expect(await dead('node-2')).toEqual(['node-2']);
      await Promise.all([a.sweep('node-2', SILENT_MS), b.sweep('node-2', SILENT_MS), a.sweep('node-1', SILENT_MS)]);
      expect(await a.dead(SILENT_MS)).toEqual([]);
      expect(await a.here('r')).toEqual({ members: 1, users: [bob.user] });
      expect(await changes()).toBe(3);
      expect(await b.known('node-2', 'r')).toBeUndefined();
      expect(await beat('node-2')).toEqual([false]);
      expect(await beat('node-2')).toEqual([true]);
      expect(await b.known('node-2', 'r')).toEqual({ members: 1, users: [bob.user] });
      expect(await b.enter('node-2', 'r', alice)).toMatchObject({ members: 2 });
    });

    it('removes more members than fit in one step, with one message for each step', async () => {
      await beat('node-2');
      await Promise.all(crowd(1200).map((person) => a.enter('node-2', 'r', person)));
      await dead('node-2');
      await a.sweep('node-2', SILENT_MS);
      expect(await a.enter('node-0', 'r', alice)).toEqual({ members: 1, users: ['alice'] });
      expect(await changes()).toBe(1200 + 3 + 1);
    });
  });
}
