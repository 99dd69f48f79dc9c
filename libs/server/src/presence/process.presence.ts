import type { Presence, PresenceChange, PresenceEvent } from '@switchyard/contract';
import { MAX_NAMED, type Person, type PresenceStore } from '../store/presence.store.js';

/** Tells the members of a room who came or went. */
export type TellPresence = (event: PresenceEvent, change: PresenceChange) => void;

/** Who is in which room when there is one process: nothing outlives it. */
export class ProcessPresence implements Pick<PresenceStore, 'enter' | 'here' | 'leave'> {
  /** People by id, by room. */
  private readonly rooms = new Map<string, Map<string, Person>>();

  constructor(private readonly tell: TellPresence) {}

  enter(_node: string, room: string, person: Person): Promise<Presence> {
    const people = this.rooms.get(room) ?? new Map<string, Person>();
    this.rooms.set(room, people);
    const isNew = !people.has(person.id);
    people.set(person.id, person);
    if (isNew) this.tell('member_joined', { room, user: person.user, members: people.size });
    return this.here(room);
  }

  here(room: string): Promise<Presence> {
    const people = [...(this.rooms.get(room)?.values() ?? [])];
    return Promise.resolve({ members: people.length, users: people.slice(0, MAX_NAMED).map(({ user }) => user) });
  }

  leave(_node: string, room: string, { id, user }: Person): Promise<void> {
    const people = this.rooms.get(room);
    if (people?.delete(id)) this.tell('member_left', { room, user, members: people.size });
    if (people?.size === 0) this.rooms.delete(room);
    return Promise.resolve();
  }
}
