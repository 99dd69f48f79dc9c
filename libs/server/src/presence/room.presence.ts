import { randomUUID } from 'node:crypto';
import { isPresenceEvent, type Presence, type PresenceChange } from '@switchyard/contract';
import type { Delivery } from '../room/delivery.js';
import type { RoomMember } from '../room/room.member.js';
import type { Caller } from '../service/caller.js';
import type { Person, PresenceStore } from '../store/presence.store.js';
import { timerMs } from '../timer/long.timer.js';
import { personIn } from './person.js';
import { ProcessPresence, type TellPresence } from './process.presence.js';

/** How long somebody may be away without having left, in ms. */
const GRACE_MS = 15_000;
/** A process is taken to be there for as long as people are, and this at the least, in ms … */
const MIN_LIFE_MS = 1000;
/** … in which it says so, and looks for others that are not, this often. */
const BEATS = 3;
/** How often in a row a process has to look dead: once Redis is back after a while, all do until they have said a word. */
const LOOKS = 2;
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
export class RoomPresence {
  private readonly node = randomUUID();
  private readonly book: Pick<PresenceStore, 'enter' | 'here' | 'leave'>;
  /** By room and what others are told of the person. */
  private readonly seats = new Map<string, Seat>();
  /** When seats nobody sits on are given up, in monotonic ms; all wait equally long, so the first is due first. */
  private readonly leaving = new Map<Seat, number>();
  /** What the store has to be told again. */
  private readonly untold = new Map<string, Seat>();
  private looks = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private heart: NodeJS.Timeout | undefined;
  private beating = false;
  private isClosed = false;
  private readonly life_ms: number;

  constructor(
    private readonly shared: PresenceStore | undefined,
    tell: TellPresence,
    private readonly grace_ms = GRACE_MS,
  ) {
    this.life_ms = Math.max(grace_ms, MIN_LIFE_MS);
    this.book = shared ?? new ProcessPresence(tell);
  }

  /** How many people are taken to be in rooms of this process. */
  get size(): number {
    return this.seats.size;
  }

  /** Lets the other processes know of this one. */
  async start(): Promise<void> {
    if (!this.shared) return;
    await this.beat();
    this.heart = setInterval(() => void this.beat(), timerMs(this.life_ms / BEATS)).unref();
  }

  /** Puts a connection's person into a room, and says who is there; undefined while the store is away. */
  async enter(room: string, { id, caller }: RoomMember): Promise<Presence | undefined> {
    const person = personIn(room, caller);
    const key = keyOf(room, person);
    const held = this.seats.get(key);
    const seat = held ?? { room, person, connections: new Set() };
    this.seats.set(key, seat);
    this.leaving.delete(seat);
    seat.connections.add(id);
    try {
      return await this.book.enter(this.node, room, person, held && !this.untold.has(key));
    } catch {
      this.untold.set(key, seat);
      return undefined;
    }
  }

  /** Takes a connection's person out of a room, unless another keeps them there or they are back in a while. */
  leave(room: string, { id, caller }: RoomMember): void {
    const seat = this.seats.get(keyOf(room, personIn(room, caller)));
    if (this.isClosed || !seat?.connections.delete(id) || seat.connections.size > 0) return;
    this.leaving.set(seat, performance.now() + this.grace_ms);
    this.arm();
  }

  /** Says who is there, and counts a poll as being there until the next is due, if its caller can be known by then. */
  async visit(room: string, caller: Caller): Promise<Presence | undefined> {
    if (!caller.user && caller.client_id === undefined) return this.book.here(room).catch(() => undefined);
    const member = { id: POLL, caller };
    const here = this.enter(room, member);
    this.leave(room, member);
    return here;
  }

  /** An event, if it is about somebody who is here, for all but them: they know it from the answer to their join. */
  addressed(delivery: Delivery): Delivery {
    if (!isPresenceEvent(delivery.event)) return delivery;
    const { room, user } = delivery.payload as PresenceChange;
    const seat = this.seats.get(keyOf(room, { user }));
    return seat ? { ...delivery, except: seat.connections } : delivery;
  }

  /** Says no more. Whoever is here has the time to come back to another process. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    clearInterval(this.heart);
    this.seats.clear();
    this.leaving.clear();
  }

  private arm(): void {
    const next = this.leaving.values().next().value;
    if (this.timer !== undefined || next === undefined) return;
    this.timer = setTimeout(() => this.giveUp(), timerMs(next - performance.now()));
    this.timer.unref();
  }

  private giveUp(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const [seat, due] of this.leaving) {
      if (due > now) break;
      const key = keyOf(seat.room, seat.person);
      this.leaving.delete(seat);
      this.seats.delete(key);
      this.tellLeft(seat).catch(() => this.untold.set(key, seat));
    }
    this.arm();
  }

  private tellLeft({ room, person }: Seat): Promise<void> {
    return this.book.leave(this.node, room, person);
  }

  private async beat(): Promise<void> {
    if (this.beating || !this.shared) return;
    this.beating = true;
    try {
      if (!(await this.shared.live(this.node, this.life_ms))) await this.restore();
      await this.tellAgain();
      await this.sweep(this.shared);
    } catch {
      // What was seen before the store went away says nothing about now.
      this.looks.clear();
    } finally {
      this.beating = false;
    }
  }

  /** Puts everybody into their rooms again. */
  private async restore(): Promise<void> {
    for (const [key, seat] of [...this.seats]) {
      if (this.seats.get(key) !== seat || this.untold.has(key)) continue;
      await this.book.enter(this.node, seat.room, seat.person, true);
    }
  }

  private async tellAgain(): Promise<void> {
    for (const [key, seat] of [...this.untold]) {
      if (this.seats.has(key)) await this.book.enter(this.node, seat.room, seat.person);
      else await this.tellLeft(seat);
      this.untold.delete(key);
    }
  }

  private async sweep(shared: PresenceStore): Promise<void> {
    const dead = (await shared.dead()).filter((node) => node !== this.node);
    this.looks = new Map(dead.map((node) => [node, (this.looks.get(node) ?? 0) + 1]));
    for (const [node, looks] of this.looks) if (looks >= LOOKS) await shared.sweep(node);
  }
}

function keyOf(room: string, { user }: Pick<Person, 'user'>): string {
  return `${room}\n${user}`;
}
