import type { PresenceChange } from '@switchyard/contract';
import type { Person, PresenceStore, Store } from '@switchyard/server';
import { Inbox } from '../harness/inbox.js';

type PresentStore = Store & { readonly presence: PresenceStore };

/** What the presence of every store must keep to that has some; `open` gives the same store as two processes have it. */
export function presenceConformance(name: string, open: () => Promise<[PresentStore, PresentStore]>): void {
  describe(`presence in the ${name} store`, () => {
    const alice: Person = { id: 'id-a', user: 'alice' };
    const bob: Person = { id: 'id-b', user: 'Bob "the\nbuilder" ü' };
    let stores: [PresentStore, PresentStore];
    let heard: [Inbox<Change>, Inbox<Change>];
    type Change = { event: string } & PresenceChange;

    beforeEach(async () => {
      stores = await open();
      heard = [new Inbox('the first'), new Inbox('the second')];
      await Promise.all(
        stores.map(({ rooms }, index) =>
          rooms.follow!('r', {
            appended: () => undefined,
            announced: (event, text) => heard[index]!.put({ event, ...(JSON.parse(text) as PresenceChange) }),
            check: () => undefined,
          }),
        ),
      );
      await Promise.all(stores.map(({ presence }, index) => presence.live(`node-${index}`, 60_000)));
    });
    afterEach(() => Promise.all(stores.map((store) => store.close())));

    /** What both were told until the last thing, which is told for this. */
    const told = async () => {
      await stores[0].presence.enter('node-0', 'r', { id: 'id-end', user: 'end' });
      const lists = await Promise.all(
        heard.map(async (inbox) => {
          await inbox.take(({ user }) => user === 'end', 'the end');
          return inbox.all.slice(0, -1);
        }),
      );
      expect(lists[0]).toEqual(lists[1]);
      return lists[0]!;
    };
    const joined = ({ user }: Person, members: number) => ({ event: 'member_joined', room: 'r', user, members });
    const left = ({ user }: Person, members: number) => ({ event: 'member_left', room: 'r', user, members });

    it('tells everybody of each who comes and goes, in one order, and who comes who is there', async () => {
      const [a, b] = stores.map(({ presence }) => presence);
      expect(await a!.enter('node-0', 'r', alice)).toEqual({ members: 1, users: ['alice'] });
      expect(await b!.here('r')).toEqual({ members: 1, users: ['alice'] });
      expect(await b!.enter('node-1', 'r', bob)).toEqual({ members: 2, users: ['alice', bob.user] });
      await a!.leave('node-0', 'r', alice);
      expect(await told()).toEqual([joined(alice, 1), joined(bob, 2), left(alice, 1)]);
    });

    it('has somebody there for as long as one process has them', async () => {
      const [a, b] = stores.map(({ presence }) => presence);
      await a!.enter('node-0', 'r', alice);
      await a!.enter('node-0', 'r', alice);
      expect(await b!.enter('node-1', 'r', alice)).toEqual({ members: 1, users: ['alice'] });
      await a!.leave('node-0', 'r', alice);
      await a!.leave('node-0', 'r', alice);
      expect(await b!.enter('node-1', 'r', alice)).toEqual({ members: 1, users: ['alice'] });
      await b!.leave('node-1', 'r', alice);
      expect(await told()).toEqual([joined(alice, 1), left(alice, 0)]);
    });

    it('keeps rooms apart', async () => {
      const { presence } = stores[0];
      await presence.enter('node-0', 'other', bob);
      expect(await presence.enter('node-0', 'r', alice)).toMatchObject({ members: 1 });
      await presence.leave('node-0', 'other', bob);
      expect(await told()).toEqual([joined(alice, 1)]);
    });

    it('names the first hundred of many', async () => {
      const people = Array.from({ length: 700 }, (_, n) => ({ id: `id-${n}`, user: `u${n}` }));
      const answers = await Promise.all(people.map((person) => stores[0].presence.enter('node-0', 'r', person, true)));
      expect(answers.at(-1)!.members).toBe(700);
      expect(answers.at(-1)!.users).toHaveLength(100);
      expect(await told()).toEqual([]);
    });

    it('takes out whom a dead process had, once, whoever looks first, and lets it know when it goes on', async () => {
      const [a, b] = stores.map(({ presence }) => presence);
      await b!.enter('node-1', 'r', bob);
      await b!.live('node-2', 1);
      await b!.enter('node-2', 'r', alice);
      await b!.enter('node-2', 'r', bob);
      while ((await a!.dead()).length === 0);
      expect(await a!.dead()).toEqual(['node-2']);
      await Promise.all([a!.sweep('node-2'), b!.sweep('node-2'), a!.sweep('node-1')]);
      expect(await a!.dead()).toEqual([]);
      expect(await b!.live('node-2', 60_000)).toBe(false);
      expect(await b!.live('node-2', 60_000)).toBe(true);
      await b!.enter('node-2', 'r', alice, true);
      await b!.leave('node-2', 'r', alice);
      const once = [joined(bob, 1), joined(alice, 2), left(alice, 1)];
      expect(await told()).toEqual([...once, joined(alice, 2), left(alice, 1)]);
    });

    it('takes out more people than one step does', async () => {
      const { presence } = stores[0];
      await presence.live('node-2', 1);
      const people = Array.from({ length: 1200 }, (_, n) => ({ id: `id-${n}`, user: `u${n}` }));
      await Promise.all(people.map((person) => presence.enter('node-2', 'r', person, true)));
      while ((await presence.dead()).length === 0);
      await presence.sweep('node-2');
      expect(await presence.enter('node-0', 'r', alice)).toEqual({ members: 1, users: ['alice'] });
    });
  });
}
