import {
  HIDDEN_EVENT,
  isPresenceEvent,
  isTerminal,
  roomName,
  type JoinReply,
  type Position,
  type Presence,
} from '@switchyard/contract';
import type { MemberCount } from '../counters/member.count.js';
import type { ClusterRooms } from '../store/cluster.js';
import type { Appended, DocumentWrite, StoredEntry } from '../store/store.js';
import type { Delivery } from './delivery.js';
import { EventSequencer, type SequencerHost } from './event.sequencer.js';
import { RoomCoalescer } from './room.coalescer.js';
import type { RoomConnection } from './room.connection.js';
import { RoomFeed } from './room.feed.js';
import { RoomLog, type LogHost } from './room.log.js';
import { RoomMembers } from './room.members.js';
import { RoomQueue } from './room.queue.js';
import { RoomReplies, type ReplyHost } from './room.replies.js';
import { RoomRestart, type RestartHost } from './room.restart.js';
import type { RoomView } from './room.view.js';

/** What a room needs from the service around it. */
export interface RoomHost extends LogHost, ReplyHost, RestartHost {
  /** The other processes that serve the room; undefined when there are none. */
  readonly cluster?: ClusterRooms | undefined;
  /** Sends an event to the room's members in this process; `members` is how many there are on each wire. */
  deliver(room: string, delivery: Delivery, members: ReadonlyMap<string, MemberCount>): void;
  /** Called before a member is admitted; returns the presence for its join reply. */
  entering?(room: string, member: RoomConnection): Promise<Presence | undefined>;
  /** A member left, or its admission failed. */
  left?(room: string, member: RoomConnection): void;
  /** People may have entered or left the room in another process. */
  presenceChanged?(room: string): void;
  /** The room's terminal event was delivered. */
  ended(room: Room): void;
  /** The room has no member and nothing in its queue. */
  idle(room: Room): void;
}

/**
 * One room in this process: its members, and the queue that every join, leave, snapshot and append of it passes, so
 * that nothing can come between a snapshot and the first event after it.
 */
export class Room {
  readonly name: string;
  readonly members: RoomMembers;
  private readonly sequencer: EventSequencer;
  private readonly replies: RoomReplies;
  private readonly coalescer: RoomCoalescer;
  private readonly feed: RoomFeed;
  private readonly log: RoomLog;
  private readonly queue = new RoomQueue(() => this.closeIfIdle());
  private isCheckQueued = false;

  constructor(
    readonly key: string,
    private readonly host: RoomHost,
  ) {
    const name = (this.name = roomName(host.contract, key));
    this.members = new RoomMembers((member) => host.left?.(name, member));
    const restarts = new RoomRestart({ name, key }, this.members, host);
    const target: SequencerHost = {
      release: (entry, except) => this.release(entry, except),
      restart: (head) => restarts.prepare(head),
    };
    this.sequencer = new EventSequencer(name, host.rooms, target, host.cluster);
    // If an earlier entry cannot be read now, the appended one waits in the log until a check delivers both.
    this.log = new RoomLog(name, host, (entry) => this.sequencer.accept(entry).catch(() => this.checkHead()));
    this.replies = new RoomReplies({ name, key }, host, this.sequencer);
    this.feed = new RoomFeed(name, host.cluster, {
      appended: (entry) => this.queue.attempt(() => this.sequencer.accept(entry)),
      volatilePublished: (event, payload) => this.receiveVolatile(event, payload),
      check: () => {
        this.checkHead();
        host.presenceChanged?.(name);
      },
    });
    this.coalescer = new RoomCoalescer(
      host.contract.coalesce_ms,
      ({ event, payload, writes }) => this.append(event, payload, writes),
      () => this.closeIfIdle(),
    );
  }

  /**
   * Appends an event and delivers it. In `state` rooms a later event may replace it before it is appended, unless it is
   * for one user only.
   */
  publish(event: string, payload: object, writes: readonly DocumentWrite[], onlyForUser?: string): Promise<Position> {
    const isCoalesced = this.host.contract.coalesce_ms > 0 && onlyForUser === undefined;
    if (!isCoalesced) return this.append(event, payload, writes, onlyForUser);
    if (!isTerminal(this.host.contract, event, payload)) return this.coalescer.offer({ event, payload, writes });
    return this.coalescer.supersede(event, () => this.append(event, payload, writes));
  }

  /** Appends an event with the domain's own writes as one transaction; no later event replaces it. */
  commit(event: string, payload: object, writes: readonly DocumentWrite[]): Promise<Appended> {
    if (this.host.contract.coalesce_ms === 0) return this.append(event, payload, writes);
    let appended!: Promise<Appended>;
    void this.coalescer.supersede(event, () => (appended = this.append(event, payload, writes)));
    return appended;
  }

  /** Sends an event to the current members, without offset and without waiting for the room's queue. */
  publishVolatile(event: string, payload: object): void {
    this.deliver({ event, payload, position: { room: this.name } });
    // Members in other processes miss it while the store is unavailable: a volatile event may be lost.
    this.host.cluster?.publishVolatile(this.name, event, JSON.stringify(payload)).catch(() => undefined);
    this.closeIfIdle();
  }

  /** Sends an event without offset in its turn in the room's queue; `make` creates it then, or returns undefined. */
  broadcastSystem(make: () => Promise<Omit<Delivery, 'position'> | undefined>): void {
    this.queue.attempt(async () => {
      const made = await make();
      if (made) this.deliver({ ...made, position: { room: this.name } });
    });
  }

  /**
   * Admits a member. `admit` gets the reply at the sequencer's position, in one synchronous step with the admission; it
   * returns false when the member's connection has closed meanwhile.
   *
   * @returns the reply, or undefined when the domain does not know the room's key.
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
      const full = { ...reply, ...(await this.host.entering?.(this.name, member)) };
      this.members.admit(member, options, () => admit(full));
      return full;
    });
  }

  /** The reply that a join would get, without joining. */
  preview(since: Position | undefined, view: RoomView): Promise<JoinReply | undefined> {
    return this.queue.add(() => this.replies.to(since, view));
  }

  /** Admits a member whose room the domain does not know yet; it gets no reply, only the events to come. */
  admitWaiting(member: RoomConnection, admit: () => boolean): Promise<void> {
    return this.queue.add(async () => {
      await this.feed.open();
      await this.sequencer.catchUp();
      await this.host.entering?.(this.name, member);
      this.members.admit(member, {}, admit);
    });
  }

  /** Removes a member once its earlier joins are done; `left` runs in the same step, also when it was no member. */
  leave(id: string, left: () => void = () => {}): Promise<void> {
    return this.queue.add(async () => {
      this.members.remove(id);
      left();
    });
  }

  /** Drops the log's entries, begins a new epoch, and appends `event` as its first one. */
  clear(event: string, payload: object, writes: readonly DocumentWrite[]): Promise<Appended> {
    return this.queue.add(async () => {
      await this.log.clear();
      await this.sequencer.catchUp();
      return this.log.append(event, payload, writes);
    });
  }

  /** Drops the log's entries and begins a new epoch, with an entry by which every member learns that it needs a snapshot. */
  renew(writes: readonly DocumentWrite[]): Promise<Appended> {
    return this.queue.add(async () => {
      await this.log.clear();
      // Not delivered before the entry: with it, the sequencer finds the new epoch and hands out the snapshots.
      return this.log.append(HIDDEN_EVENT, {}, writes);
    });
  }

  /** Drops the room's log; from now on a join gets the domain's final state as its snapshot. */
  forget(): Promise<void> {
    return this.queue.add(async () => {
      await this.log.forget();
      await this.sequencer.reset();
    });
  }

  private append(
    event: string,
    payload: object,
    writes: readonly DocumentWrite[],
    onlyForUser?: string,
  ): Promise<Appended> {
    return this.queue.add(() => this.log.append(event, payload, writes, onlyForUser));
  }

  private release(entry: StoredEntry, except?: ReadonlySet<string>): void {
    const { event, epoch, offset, onlyForUser, at } = entry;
    const payload = this.log.payloadOf(entry);
    const position = { room: this.name, epoch, offset };
    this.deliver({ event, payload, position, onlyForUser, except, at });
    // Also when another process appended it: the appending process may not live long enough to forget the room.
    if (isTerminal(this.host.contract, event, payload)) this.host.ended(this);
  }

  private deliver(delivery: Delivery): void {
    this.host.deliver(this.name, delivery, this.members.byWire);
  }

  private receiveVolatile(event: string, text: string): void {
    if (isPresenceEvent(event)) return this.host.presenceChanged?.(this.name);
    const payload: unknown = JSON.parse(text);
    this.broadcastSystem(() => Promise.resolve({ event, payload }));
  }

  /** Delivers what the log has beyond the last delivered entry; at most one check waits in the queue. */
  private checkHead(): void {
    if (this.isCheckQueued) return;
    this.isCheckQueued = true;
    this.queue.attempt(async () => {
      this.isCheckQueued = false;
      await this.sequencer.catchUp();
    });
  }

  private closeIfIdle(): void {
    if (this.queue.busy || this.members.size > 0 || this.coalescer.busy) return;
    this.feed.close();
    this.host.idle(this);
  }
}
