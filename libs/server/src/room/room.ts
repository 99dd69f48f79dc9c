import {
  isPresenceEvent,
  isTerminal,
  roomName,
  type JoinReply,
  type Position,
  type Presence,
  type ServiceContract,
} from '@switchyard/contract';
import type { Appended, DocumentWrite, StoredEntry } from '../store/store.js';
import type { Delivery } from './delivery.js';
import { RoomCoalescer } from './room.coalescer.js';
import { RoomFeed } from './room.feed.js';
import type { ClusterRooms } from '../store/cluster.js';
import { EventSequencer } from './event.sequencer.js';
import type { RoomConnection } from './room.connection.js';
import { RoomQueue } from './room.queue.js';
import type { RoomIndex } from './room.index.js';
import { RoomReplies, type ReplyHost } from './room.replies.js';
import { RoomRestart, type RestartHost, type Seat } from './room.restart.js';
import type { RoomView } from './room.view.js';

/** What a room needs from the service around it. */
export interface RoomHost extends ReplyHost, RestartHost {
  readonly contract: ServiceContract;
  readonly records: RoomIndex;
  /** The other processes that serve the room; undefined where there are none. */
  readonly cluster?: ClusterRooms | undefined;
  deliver(room: string, delivery: Delivery): void;
  /** A member is about to be let in; what its reply says of who is there. */
  entering?(room: string, member: RoomConnection): Promise<Presence | undefined>;
  /** A member was let out, or not in after all. */
  left?(room: string, member: RoomConnection): void;
  /** Somebody may have come or gone in another process. */
  presenceChanged?(room: string): void;
  /** The room's last event is out. */
  ended(room: Room): void;
  /** Nobody is in the room and nothing waits in its queue. */
  idle(room: Room): void;
}

/**
 * One room in this process: its members, and the queue that every join, leave, snapshot and append of it passes, so
 * that nothing can come between a snapshot and the first event after it.
 */
export class Room {
  readonly name: string;
  readonly members = new Map<string, RoomConnection>();
  /** What members asked for when they joined, by their ids. */
  private readonly options = new Map<string, object>();
  private readonly gate: EventSequencer;
  private readonly replies: RoomReplies;
  private readonly coalescer: RoomCoalescer;
  private readonly feed: RoomFeed;
  private checking = false;
  private readonly queue = new RoomQueue(() => this.closeIfIdle());
  /** Payloads appended here and not yet let out, so that live delivery need not parse its own JSON. */
  private readonly fresh = new Map<number, unknown>();

  constructor(
    readonly key: string,
    private readonly host: RoomHost,
  ) {
    this.name = roomName(host.contract, key);
    const restarts = new RoomRestart(this, host);
    const outlet = {
      release: (entry: StoredEntry, except?: ReadonlySet<string>) => this.release(entry, except),
      restart: (head: Position) => restarts.prepare(head),
    };
    this.gate = new EventSequencer(this.name, host.rooms, outlet, host.cluster);
    this.replies = new RoomReplies(this, host, this.gate);
    this.feed = new RoomFeed(this.name, host.cluster, {
      appended: (entry) => this.queue.attempt(() => this.gate.accept(entry)),
      volatilePublished: (event, payload) => this.hear(event, payload),
      check: () => {
        this.check();
        host.presenceChanged?.(this.name);
      },
    });
    this.coalescer = new RoomCoalescer(
      host.contract.coalesce_ms,
      ({ event, payload, writes }) => this.append(event, payload, writes),
      () => this.closeIfIdle(),
    );
  }

  /**
   * Appends an event and lets it out; in `state` rooms it may be superseded by a later one before it is appended, unless
   * it is for one user only.
   */
  publish(event: string, payload: object, writes: readonly DocumentWrite[], onlyForUser?: string): Promise<Position> {
    const isApart = this.host.contract.coalesce_ms === 0 || onlyForUser !== undefined;
    if (isApart) return this.append(event, payload, writes, onlyForUser);
    if (!isTerminal(this.host.contract, event, payload)) return this.coalescer.offer({ event, payload, writes });
    return this.coalescer.supersede(event, () => this.append(event, payload, writes));
  }

  /** Appends an event with the domain's own writes as one transaction, never superseded. */
  commit(event: string, payload: object, writes: readonly DocumentWrite[]): Promise<Appended> {
    if (this.host.contract.coalesce_ms === 0) return this.append(event, payload, writes);
    let appended!: Promise<Appended>;
    void this.coalescer.supersede(event, () => (appended = this.append(event, payload, writes)));
    return appended;
  }

  /** Sends an event to whoever is here now, without offset, in step with the logged ones. */
  publishVolatile(event: string, payload: object): void {
    this.broadcast(event, payload);
    // Lost while the store is away, which is what volatile means.
    this.host.cluster?.publishVolatile(this.name, event, JSON.stringify(payload)).catch(() => undefined);
    this.closeIfIdle();
  }

  /** Sends an event without offset, once what is under way in the room is done; it is made then, if there is one. */
  broadcastSystem(make: () => Promise<Omit<Delivery, 'position'> | undefined>): void {
    this.queue.attempt(async () => {
      const made = await make();
      if (made) this.host.deliver(this.name, { ...made, position: { room: this.name } });
    });
  }

  /**
   * Lets a member in. `admit` is called with the reply at the room's gate position, in one synchronous step with the
   * admission; it returns false when the member is gone by then.
   *
   * @returns the reply, or undefined when the domain knows no such id.
   */
  join(
    member: RoomConnection,
    since: Position | undefined,
    options: object,
    admit: (reply: JoinReply) => boolean,
  ): Promise<JoinReply | undefined> {
    return this.queue.add(async () => {
      await this.feed.open();
      const reply = await this.replies.to(since, { caller: member.caller, options });
      if (!reply) return undefined;
      const present = { ...reply, ...(await this.host.entering?.(this.name, member)) };
      this.letIn(member, options, () => admit(present));
      return present;
    });
  }

  /** The reply a join would get, without joining. */
  preview(since: Position | undefined, view: RoomView): Promise<JoinReply | undefined> {
    return this.queue.add(() => this.replies.to(since, view));
  }

  /** Lets a member in who waits for an id that is not known yet. */
  admitWaiting(member: RoomConnection, admit: () => boolean): Promise<void> {
    return this.queue.add(async () => {
      await this.feed.open();
      await this.gate.catchUp();
      await this.host.entering?.(this.name, member);
      this.letIn(member, {}, admit);
    });
  }

  /** The members with what they asked for. */
  *seats(): Generator<Seat> {
    for (const [id, member] of this.members) yield { member, options: this.options.get(id) ?? {} };
  }

  /** Lets a member out, after any join of it that is still under way. */
  leave(id: string, left: () => void = () => {}): Promise<void> {
    return this.queue.add(() => {
      const member = this.members.get(id);
      this.members.delete(id);
      this.options.delete(id);
      if (member) this.host.left?.(this.name, member);
      left();
      return Promise.resolve();
    });
  }

  /** Drops what the log holds and begins a new epoch, then lets `event` out as the first of it. */
  clear(event: string, payload: object, writes: readonly DocumentWrite[]): Promise<Appended> {
    return this.queue.add(async () => {
      await this.host.rooms.clear(this.name);
      await this.gate.catchUp();
      return this.appendNow(event, payload, writes);
    });
  }

  /** Drops the room's log; the domain's final state is what a join gets from now on. */
  forget(): Promise<void> {
    return this.queue.add(async () => {
      await this.host.rooms.forget(this.name);
      await this.host.records.strike(this.name);
      await this.gate.reset();
    });
  }

  private letIn(member: RoomConnection, options: object, admit: () => boolean): void {
    let isIn = false;
    try {
      isIn = admit();
    } finally {
      if (isIn) {
        this.members.set(member.id, member);
        this.options.set(member.id, options);
      } else this.host.left?.(this.name, member);
    }
  }

  private append(
    event: string,
    payload: object,
    writes: readonly DocumentWrite[],
    onlyForUser?: string,
  ): Promise<Appended> {
    return this.queue.add(() => this.appendNow(event, payload, writes, onlyForUser));
  }

  private async appendNow(
    event: string,
    payload: object,
    writes: readonly DocumentWrite[],
    onlyForUser?: string,
  ): Promise<Appended> {
    const { contract, rooms, records } = this.host;
    const entry = { event, payload: JSON.stringify(payload), at: Date.now(), onlyForUser };
    const isOver = isTerminal(contract, event, payload);
    const all = [...writes, ...records.with(this.name, isOver)];
    const appended = await rooms.append(this.name, entry, contract.keep, all).catch((error: unknown) => {
      records.missed(this.name);
      throw error;
    });
    this.fresh.set(appended.offset, payload);
    try {
      await this.gate.accept({ ...entry, epoch: appended.epoch, offset: appended.offset });
    } catch {
      // It is in the log, of which what comes before it cannot be read just now: a check lets both out.
      this.check();
    } finally {
      this.fresh.delete(appended.offset);
    }
    return appended;
  }

  private release(entry: StoredEntry, except?: ReadonlySet<string>): void {
    const payload: unknown = this.fresh.get(entry.offset) ?? JSON.parse(entry.payload);
    const { event, epoch, offset, onlyForUser } = entry;
    this.host.deliver(this.name, {
      event,
      payload,
      position: { room: this.name, epoch, offset },
      onlyForUser,
      except,
    });
    // Also when another process appended it: whichever is still there forgets the room when its time has come.
    if (isTerminal(this.host.contract, event, payload)) this.host.ended(this);
  }

  private hear(event: string, text: string): void {
    if (isPresenceEvent(event)) return this.host.presenceChanged?.(this.name);
    const payload: unknown = JSON.parse(text);
    this.broadcastSystem(() => Promise.resolve({ event, payload }));
  }

  private broadcast(event: string, payload: unknown): void {
    this.host.deliver(this.name, { event, payload, position: { room: this.name } });
  }

  /** Compares the room with the head of its log, once at a time. */
  private check(): void {
    if (this.checking) return;
    this.checking = true;
    this.queue.attempt(async () => {
      this.checking = false;
      await this.gate.catchUp();
    });
  }

  private closeIfIdle(): void {
    if (this.queue.busy || this.members.size > 0 || this.coalescer.busy) return;
    this.feed.close();
    this.host.idle(this);
  }
}
