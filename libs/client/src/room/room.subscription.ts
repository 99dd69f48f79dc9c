import {
  HIDDEN_EVENT,
  isPresenceEvent,
  isTerminal,
  presenceAfter,
  roomName,
  type Fault,
  type Position,
  type Presence,
  type PresenceChange,
  type RemoteFault,
  type ServiceContract,
  type WireName,
} from '@switchyard/contract';
import { Observable, type Subscriber } from 'rxjs';
import type { Statistics } from '../statistics/connection.statistics.js';
import type { RoomSink, WireEvent, WireReply } from '../transport/transport.js';
import { EventSequencer } from './event.sequencer.js';
import type { EventMessage, RoomMessage, SnapshotMessage } from './room.message.js';

/** What a room needs of its service's connection. */
export interface RoomHost {
  readonly contract: ServiceContract;
  readonly statistics: Statistics;
  /** Whether a room with this snapshot is over, where the snapshot is no event of the contract. */
  isOver(snapshot: object): boolean;
  open(room: RoomSubscription): void;
  shut(room: RoomSubscription): void;
  rejoin(room: RoomSubscription, wire: WireName): void;
  refused(room: RoomSubscription, wire: WireName, fault: RemoteFault): void;
  /** The room went live on a wire or left one. */
  moved(): void;
  /** The wires in use, the one to be trusted most first. */
  wires(): readonly WireName[];
}

interface Listener {
  subscriber: Subscriber<RoomMessage>;
  /** Has had something to build on, a snapshot or the room's beginning. */
  ready: boolean;
}

/**
 * One room: its first subscriber joins it, the last one leaves it, its terminal event completes it.
 *
 * A late subscriber gets the room's backlog (the snapshot and what came since; in a state room the latest value) or,
 * when that grew longer than the room keeps, a fresh snapshot.
 */
export class RoomSubscription implements RoomSink {
  readonly id: string;
  readonly name: string;
  readonly messages$: Observable<RoomMessage>;
  private readonly sequencer: EventSequencer;
  private readonly listeners = new Set<Listener>();
  private backlog?: RoomMessage[];
  private presence?: Presence;
  private ended?: { fault?: Fault | RemoteFault };

  constructor(
    readonly key: string,
    private readonly host: RoomHost,
    readonly options?: object,
  ) {
    this.id = roomId(key, options);
    const { contract, statistics } = host;
    this.name = roomName(contract, key);
    this.sequencer = new EventSequencer(contract.kind, {
      snapshot: (snapshot, position) => this.begin(snapshot as object | undefined, position),
      event: (event) => this.take(event),
      duplicate: () => statistics.duplicate(),
      healed: () => statistics.healed(),
      rejoin: (wire) => host.rejoin(this, wire),
      activeWire: () => this.activeWire(),
    });
    this.messages$ = new Observable((subscriber) => this.enter(subscriber));
  }

  isLive(wire: WireName): boolean {
    return this.sequencer.isLive(wire);
  }

  isOvertaken(wire: WireName): boolean {
    return this.sequencer.isOvertaken(wire);
  }

  position() {
    return this.sequencer.position;
  }

  joining(wire: WireName): void {
    this.sequencer.hold(wire);
  }

  joined(wire: WireName, reply: WireReply): void {
    if (this.ended) return;
    this.host.statistics.received(wire, reply.events?.length ?? 0);
    this.sequencer.reply(wire, reply);
    // After the events that waited for it: they are older.
    if (reply.members !== undefined) this.present({ members: reply.members, users: reply.users ?? [] });
    this.host.moved();
  }

  event(wire: WireName, event: WireEvent): void {
    if (this.ended) return;
    this.host.statistics.received(wire, 1);
    this.sequencer.event(wire, event);
  }

  refused(wire: WireName, fault: RemoteFault): void {
    if (!this.ended) this.host.refused(this, wire, fault);
  }

  lost(wire: WireName): void {
    this.sequencer.lose(wire);
    this.host.moved();
  }

  /** Ends the room for all its subscribers, with an error when there is a fault. */
  end(fault?: Fault | RemoteFault): void {
    if (this.ended) return;
    this.ended = { fault };
    this.host.shut(this);
    for (const { subscriber } of [...this.listeners]) this.finish(subscriber);
    this.listeners.clear();
  }

  private enter(subscriber: Subscriber<RoomMessage>) {
    if (this.ended) {
      this.finish(subscriber);
      return;
    }
    const listener: Listener = { subscriber, ready: false };
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.host.open(this);
    else this.catchUp(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0 && !this.ended) {
        this.ended = {};
        this.host.shut(this);
      }
    };
  }

  private catchUp(listener: Listener): void {
    if (this.backlog) {
      listener.ready = true;
      this.backlog.forEach((message) => listener.subscriber.next(message));
      if (this.presence) listener.subscriber.next({ kind: 'presence', ...this.presence });
      return;
    }
    // Nothing yet: the reply to the first join serves this one too.
    if (!this.sequencer.position) return;
    const wire = this.activeWire();
    this.sequencer.restart();
    this.presence = undefined;
    // Without a wire, the next join brings the snapshot.
    if (wire) this.host.rejoin(this, wire);
  }

  private activeWire(): WireName | undefined {
    return this.host.wires().find((wire) => this.sequencer.isLive(wire));
  }

  private begin(snapshot: object | undefined, position: Position | undefined): void {
    this.backlog = [];
    if (snapshot === undefined) this.listeners.forEach((listener) => (listener.ready = true));
    else this.tell({ kind: 'snapshot', snapshot, position });
    const { contract } = this.host;
    if (!snapshot) return;
    if (isTerminal(contract, contract.snapshot, snapshot) || this.host.isOver(snapshot)) this.end();
  }

  private take({ event, payload, position }: WireEvent): void {
    // Another user's: it had a place in the log, and that was all there is to know of it.
    if (event === HIDDEN_EVENT) return;
    if (isPresenceEvent(event)) {
      this.present(presenceAfter(this.presence, payload as PresenceChange));
      return;
    }
    const message = { kind: 'event', event, payload: payload as object, position } as const;
    // An old wire without snapshots: in a state room the first event is one.
    const first = this.host.contract.kind === 'state' && !this.backlog?.length;
    this.tell(first ? latest(message) : message);
    if (isTerminal(this.host.contract, event, payload)) this.end();
  }

  private present(presence: Presence): void {
    if (isSamePresence(this.presence, presence)) return;
    this.presence = presence;
    this.tell({ kind: 'presence', ...presence });
  }

  private tell(message: RoomMessage): void {
    if (this.ended) return;
    this.remember(message);
    for (const listener of [...this.listeners]) {
      if (message.kind === 'snapshot') listener.ready = true;
      if (listener.ready) listener.subscriber.next(message);
    }
  }

  private remember(message: RoomMessage): void {
    if (message.kind === 'presence' || !this.backlog) return;
    const { contract } = this.host;
    if (contract.kind === 'state') {
      this.backlog = [latest(message)];
    } else if (message.kind === 'snapshot' || !contract.events.get(message.event)?.volatile) {
      if (this.backlog.push(message) > contract.keep) this.backlog = undefined;
    }
  }

  private finish(subscriber: Subscriber<RoomMessage>): void {
    if (this.ended?.fault) subscriber.error(this.ended.fault);
    else subscriber.complete();
  }
}

function isSamePresence(a: Presence | undefined, b: Presence): boolean {
  return a?.members === b.members && a.users.join('\n') === b.users.join('\n');
}

/** What tells a room from others of a service: its key, and the options it is joined with. */
export function roomId(key: string, options: object | undefined): string {
  return options ? `${key} ${JSON.stringify(options)}` : key;
}

/** In a state room each event is the whole state, so it can stand for a snapshot. */
function latest(message: SnapshotMessage | EventMessage): SnapshotMessage {
  if (message.kind === 'snapshot') return message;
  return { kind: 'snapshot', snapshot: message.payload, position: message.position };
}
