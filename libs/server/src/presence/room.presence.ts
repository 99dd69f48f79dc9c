import type { Presence } from '@switchyard/contract';
import type { RoomConnection } from '../room/room.connection.js';
import type { Caller } from '../caller/caller.js';
import type { Cluster } from '../store/cluster.js';
import type { Person, PresenceStore } from '../store/presence.store.js';
import { ExpiryQueue } from '../timer/expiry.queue.js';
import { NodeLife } from './node.life.js';
import { personIn } from './person.js';
import { PresenceWindow, type WindowHost } from './presence.window.js';
import { ProcessPresence } from './process.presence.js';

/** The shortest time between two changes sent to one room, in ms. */
const WINDOW_MS = 250;
/** A silent process is dead after the grace of a person, and not before this, in ms. */
const MIN_LIFE_MS = 1000;
/** How many people are entered into the store at once. */
const AT_ONCE = 500;
/** The connection id of a poll. */
const POLL = 'poll';

/** A person in a room of this process, with the connections that keep them there. */
interface Seat {
  room: string;
  person: Person;
  connections: Set<string>;
}

/**
 * Knows who is in the rooms of this process, and tells the members of each room.
 *
 * A person who leaves keeps their seat for the grace, so that a reconnect, a reload or a move to another wire or process
 * is neither leave nor join. When a process dies, another takes its people out after the grace.
 */
export class RoomPresence implements WindowHost {
  private readonly node: string;
  private readonly book: Pick<PresenceStore, 'enter' | 'here' | 'known' | 'leave'>;
  private readonly life: NodeLife | undefined;
  /** By room and the person's name in it. */
  private readonly seats = new Map<string, Seat>();
  /** The seats nobody sits on; each is given up after the grace. */
  private readonly leaving: ExpiryQueue<Seat>;
  /** The seats whose last change has not reached the store. */
  private readonly unsaved = new Map<string, Seat>();
  /** The windows of the rooms with connections of this process, by room. */
  private readonly windows = new Map<string, PresenceWindow>();
  private isClosed = false;

  constructor(
    cluster: Pick<Cluster, 'node' | 'presence'> | undefined,
    readonly broadcast: WindowHost['broadcast'],
    grace_ms: number,
    readonly window_ms = WINDOW_MS,
  ) {
    this.leaving = new ExpiryQueue(grace_ms, (seat) => this.giveUp(seat));
    this.node = cluster?.node.id ?? '';
    this.book = cluster?.presence ?? new ProcessPresence((room) => this.changed(room));
    this.life =
      cluster &&
      new NodeLife(cluster, Math.max(grace_ms, MIN_LIFE_MS), {
        restore: () => this.restore(),
        saveAgain: () => this.saveAgain(),
        settled: () => this.windows.forEach((window) => window.changed()),
      });
  }

  /** How many people are in rooms of this process, those within their grace included. */
  get size(): number {
    return this.seats.size;
  }

  /** Watches this process and the others in the store from now on. */
  async start(): Promise<void> {
    await this.life?.start();
  }

  /** Puts a connection's person into a room, and returns who is there; undefined while the store is away. */
  async enter(room: string, member: RoomConnection): Promise<Presence | undefined> {
    const window = this.windows.get(room) ?? new PresenceWindow(room, this);
    this.windows.set(room, window);
    window.enter(member.id);
    const presence = await this.seat(room, member);
    window.answered(member.id, presence);
    return presence;
  }

  /** Takes a connection's person out of a room after the grace, unless another connection keeps or brings them there. */
  leave(room: string, member: RoomConnection): void {
    const window = this.windows.get(room);
    window?.leave(member.id);
    if (window?.isEmpty) {
      window.close();
      this.windows.delete(room);
    }
    this.rise(room, member);
  }

  /** Returns who is there, and counts the caller of a poll as there for the grace, if the next poll can be recognised. */
  async visit(room: string, caller: Caller): Promise<Presence | undefined> {
    if (!caller.user && caller.client_id === undefined) return this.book.here(room).catch(() => undefined);
    const member = { id: POLL, caller };
    const here = this.seat(room, member);
    this.rise(room, member);
    return here;
  }

  /** Who is in a room, named from the person at `from` on. @throws Fault `store.unavailable` */
  here(room: string, from: number): Promise<Presence> {
    return this.book.here(room, from);
  }

  /** Who is in a room; undefined while the store may lack people. @throws Fault `store.unavailable` */
  async known(room: string): Promise<Presence | undefined> {
    const presence = await this.book.known(this.node, room);
    if (!presence) this.life?.doubt();
    return presence && this.life?.isSettled !== false ? presence : undefined;
  }

  /** Somebody may have come to a room or gone from it, here or in another process. */
  changed(room: string): void {
    this.windows.get(room)?.changed();
  }

  /** Stops without publishing anything: people have the grace to come back to another process. */
  close(): void {
    this.isClosed = true;
    this.life?.close();
    this.windows.forEach((window) => window.close());
    this.windows.clear();
    this.seats.clear();
    this.leaving.close();
  }

  private async seat(room: string, { id, caller }: RoomConnection): Promise<Presence | undefined> {
    const person = personIn(room, caller);
    const key = keyOf(room, person);
    const seat = this.seats.get(key) ?? { room, person, connections: new Set() };
    this.seats.set(key, seat);
    this.leaving.delete(seat);
    seat.connections.add(id);
    try {
      return await this.book.enter(this.node, room, person);
    } catch {
      this.unsaved.set(key, seat);
      return undefined;
    }
  }

  private rise(room: string, { id, caller }: RoomConnection): void {
    const seat = this.seats.get(keyOf(room, personIn(room, caller)));
    if (this.isClosed || !seat?.connections.delete(id) || seat.connections.size > 0) return;
    this.leaving.add(seat);
  }

  private giveUp(seat: Seat): void {
    const key = keyOf(seat.room, seat.person);
    this.seats.delete(key);
    this.saveLeft(seat).catch(() => this.unsaved.set(key, seat));
  }

  private saveLeft({ room, person }: Seat): Promise<void> {
    return this.book.leave(this.node, room, person);
  }

  /** Enters all people into their rooms again. */
  private restore(): Promise<void> {
    return inBatches([...this.seats], async ([key, { room, person }]) => {
      if (this.seats.has(key)) await this.book.enter(this.node, room, person);
    });
  }

  private saveAgain(): Promise<void> {
    return inBatches([...this.unsaved], async ([key, seat]) => {
      if (this.seats.has(key)) await this.book.enter(this.node, seat.room, seat.person);
      else await this.saveLeft(seat);
      this.unsaved.delete(key);
    });
  }
}

async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(work));
}

function keyOf(room: string, { user }: Pick<Person, 'user'>): string {
  return `${room}\n${user}`;
}
