import { MAX_NAMED, type Presence } from '@switchyard/contract';
import type { Person, PresenceStore } from '../store/presence.store.js';

/** Who is in which room, where there is only one process. */
export class ProcessPresence implements Pick<PresenceStore, 'enter' | 'here' | 'known' | 'leave'> {
  /** People by id, in the order they came, by room. */
  private readonly rooms = new Map<string, Map<string, Person>>();

  /** @param changed called with the room after somebody came or went. */
  constructor(private readonly changed: (room: string) => void) {}

  enter(_node: string, room: string, person: Person): Promise<Presence> {
    const people = this.rooms.get(room) ?? new Map<string, Person>();
    this.rooms.set(room, people);
    const isNew = !people.has(person.id);
    people.set(person.id, person);
    if (isNew) this.changed(room);
    return this.here(room);
  }

  here(room: string, from = 0): Promise<Presence> {
    const people = this.rooms.get(room) ?? new Map<string, Person>();
    return Promise.resolve({ members: people.size, users: names(people.values(), from) });
  }

  known(_node: string, room: string): Promise<Presence> {
    return this.here(room);
  }

  leave(_node: string, room: string, { id }: Person): Promise<void> {
    const people = this.rooms.get(room);
    if (people?.delete(id)) this.changed(room);
    if (people?.size === 0) this.rooms.delete(room);
    return Promise.resolve();
  }
}

// One by one: a copy of all people for each newcomer would cost their number squared.
function names(people: Iterator<Person>, from: number): string[] {
  const users: string[] = [];
  for (let at = 0; at < from + MAX_NAMED; at += 1) {
    const { done, value } = people.next() as IteratorResult<Person, undefined>;
    if (done) break;
    if (at >= from) users.push(value.user);
  }
  return users;
}
