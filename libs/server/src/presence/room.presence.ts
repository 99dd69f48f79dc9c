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

/** How long somebody may be away without having left, in ms. */
const GRACE_MS = 15_000;
/** The least time between two changes told in one room, in ms. */
const WINDOW_MS = 250;
/** A process is taken to be there for as long as people are, and this at the least, in ms. */
const MIN_LIFE_MS = 1000;
/** How many people the store is told of in one go. */
const AT_ONCE = 500;
/** What a poll sits on in place of a connection. */
const POLL = 'poll';

/** Somebody in a room of this process, with the connections that keep them there. */
interface Seat {
  room: string;
  person: Person;
  connections: Set<string>;
}

/**
 * Who is in the rooms of this process, told to those who are there.
 *
 * Whoever leaves keeps their seat for a while, so that a reconnect, a reload or a move to another wire or process is
 * neither leave nor join. A process that dies has its people taken out by another, once that while is over.
 */
export class RoomPresence implements WindowHost {
  private readonly node: string;
  private readonly book: Pick<PresenceStore, 'enter' | 'here' | 'known' | 'leave'>;
  private readonly life: NodeLife | undefined;
  /** By room and what others are told of the person. */
  private readonly seats = new Map<string, Seat>();
  /** The seats nobody sits on; each is given up after the grace. */
  private readonly leaving: ExpiryQueue<Seat>;
  /** What the store has to be told again. */
  private readonly untold = new Map<string, Seat>();
  /** By room, of those that have connections of this process in them. */
  private readonly windows = new Map<string, PresenceWindow>();
  private isClosed = false;

  constructor(
    cluster: Pick<Cluster, 'node' | 'presence'> | undefined,
    readonly tell: WindowHost['tell'],
    grace_ms = GRACE_MS,
    readonly window_ms = WINDOW_MS,
  ) {
    this.leaving = new ExpiryQueue(grace_ms, (seat) => this.giveUp(seat));
    this.node = cluster?.node.id ?? '';
    this.book = cluster?.presence ?? new ProcessPresence((room) => this.changed(room));
    this.life =
      cluster &&
      new NodeLife(cluster, Math.max(grace_ms, MIN_LIFE_MS), {
        restore: () => this.restore(),
        tellAgain: () => this.tellAgain(),
        settled: () => this.windows.forEach((window) => window.changed()),
      });
  }

  /** How many people are taken to be in rooms of this process. */
  get size(): number {
    return this.seats.size;
  }

  /** Lets the other processes know of this one. */
  async start(): Promise<void> {
    await this.life?.start();
  }

  /** Puts a connection's person into a room, and says who is there; undefined while the store is away. */
  async enter(room: string, member: RoomConnection): Promise<Presence | undefined> {
    const window = this.windows.get(room) ?? new PresenceWindow(room, this);
    this.windows.set(room, window);
    window.enter(member.id);
    const presence = await this.seat(room, member);
    window.answered(member.id, presence);
    return presence;
  }

  /** Takes a connection's person out of a room, unless another keeps them there or they are back in a while. */
  leave(room: string, member: RoomConnection): void {
    const window = this.windows.get(room);
    window?.leave(member.id);
    if (window?.isEmpty) {
      window.close();
      this.windows.delete(room);
    }
    this.rise(room, member);
  }

  /** Says who is there, and counts a poll as being there until the next is due, if its caller can be known by then. */
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

  /** Who is in a room; undefined while the store may not have everybody. @throws Fault `store.unavailable` */
  async known(room: string): Promise<Presence | undefined> {
    const presence = await this.book.known(this.node, room);
    if (!presence) this.life?.doubt();
    return presence && this.life?.isSettled !== false ? presence : undefined;
  }

  /** Somebody may have come to a room or gone from it, here or in another process. */
  changed(room: string): void {
    this.windows.get(room)?.changed();
  }

  /** Says no more. Whoever is here has the time to come back to another process. */
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
      this.untold.set(key, seat);
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
    this.tellLeft(seat).catch(() => this.untold.set(key, seat));
  }

  private tellLeft({ room, person }: Seat): Promise<void> {
    return this.book.leave(this.node, room, person);
  }

  /** Puts everybody into their rooms again. */
  private restore(): Promise<void> {
    return inBatches([...this.seats], async ([key, { room, person }]) => {
      if (this.seats.has(key)) await this.book.enter(this.node, room, person);
    });
  }

  private tellAgain(): Promise<void> {
    return inBatches([...this.untold], async ([key, seat]) => {
      if (this.seats.has(key)) await this.book.enter(this.node, seat.room, seat.person);
      else await this.tellLeft(seat);
      this.untold.delete(key);
    });
  }
}

async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(work));
}

function keyOf(room: string, { user }: Pick<Person, 'user'>): string {
  return `${room}\n${user}`;
}
