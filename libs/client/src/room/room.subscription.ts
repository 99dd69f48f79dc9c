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
import type { ServiceStatistics } from '../statistics/service.statistics.js';
import type { RoomSink, WireEvent, WireReply } from '../transport/transport.js';
import { EventSequencer } from './event.sequencer.js';
import type { EventMessage, RoomMessage, SnapshotMessage } from './room.message.js';

/** The part of a service's connection that its rooms use. */
export interface RoomHost {
  readonly contract: ServiceContract;
  readonly statistics: ServiceStatistics;
  /** Whether a room with this snapshot is over, where the snapshot is no event of the contract. */
  isOver(snapshot: object): boolean;
  openRoom(room: RoomSubscription): void;
  closeRoom(room: RoomSubscription): void;
  rejoin(room: RoomSubscription, wire: WireName): void;
  refused(room: RoomSubscription, wire: WireName, fault: RemoteFault): void;
  /** Reports that the room went live on a wire, or lost one. */
  wireChanged(): void;
  /** The wires in use, the preferred one first. */
  wires(): readonly WireName[];
}

/** Takes what the wires of a room bring, as it comes. */
export interface RoomTap {
  joined(wire: WireName, reply: WireReply): void;
  event(wire: WireName, event: WireEvent): void;
  lost(wire: WireName): void;
}

interface Listener {
  subscriber: Subscriber<RoomMessage>;
  /** Whether it has received the snapshot, or the room has none; only then does it receive events. */
  ready: boolean;
}

/** One room: its first subscriber joins it, its last one leaves it, and its terminal event completes it. */
export class RoomSubscription implements RoomSink {
  readonly id: string;
  readonly name: string;
  readonly messages$: Observable<RoomMessage>;
  /** Undefined unless the room is compared on another wire. */
  tap?: RoomTap;
  readonly #sequencer: EventSequencer;
  readonly #listeners = new Set<Listener>();
  /**
   * What a late subscriber receives: the snapshot and the events since, in a state room the latest value. Undefined once
   * it is longer than the room keeps; a late subscriber then receives a fresh snapshot.
   */
  #backlog?: RoomMessage[];
  #presence?: Presence;
  #ended?: { fault?: Fault | RemoteFault };

  constructor(
    readonly key: string,
    private readonly host: RoomHost,
    readonly options?: object,
  ) {
    this.id = roomId(key, options);
    const { contract, statistics } = host;
    this.name = roomName(contract, key);
    this.#sequencer = new EventSequencer(contract.kind, {
      snapshot: (snapshot, position) => this.#applySnapshot(snapshot as object | undefined, position),
      event: (event) => this.#applyEvent(event),
      duplicate: (wire) => statistics.count(wire, 'duplicates'),
      healed: (wire) => statistics.count(wire, 'gaps'),
      rejoin: (wire) => host.rejoin(this, wire),
      activeWire: () => this.#activeWire(),
    });
    this.messages$ = new Observable((subscriber) => this.#subscribe(subscriber));
  }

  isLive(wire: WireName): boolean {
    return this.#sequencer.isLive(wire);
  }

  isOvertaken(wire: WireName): boolean {
    return this.#sequencer.isOvertaken(wire);
  }

  position() {
    return this.#sequencer.position;
  }

  joining(wire: WireName): void {
    this.#sequencer.hold(wire);
  }

  joined(wire: WireName, reply: WireReply): void {
    if (this.#ended) return;
    this.tap?.joined(wire, reply);
    this.host.statistics.count(wire, 'events', reply.events?.length ?? 0);
    this.#sequencer.reply(wire, reply);
    // After the events that waited for the reply, because they are older.
    if (reply.members !== undefined) this.#applyPresence({ members: reply.members, users: reply.users ?? [] });
    this.host.wireChanged();
  }

  event(wire: WireName, event: WireEvent): void {
    if (this.#ended) return;
    this.tap?.event(wire, event);
    this.host.statistics.count(wire, 'events');
    if (event.position) this.host.statistics.arrived(wire, this.name, event.position);
    this.#sequencer.event(wire, event);
  }

  refused(wire: WireName, fault: RemoteFault): void {
    if (!this.#ended) this.host.refused(this, wire, fault);
  }

  lost(wire: WireName): void {
    this.tap?.lost(wire);
    this.#sequencer.lose(wire);
    this.host.wireChanged();
  }

  /** Ends the room for all its subscribers, with an error when there is a fault. */
  end(fault?: Fault | RemoteFault): void {
    if (this.#ended) return;
    this.#ended = { fault };
    this.host.closeRoom(this);
    for (const { subscriber } of [...this.#listeners]) this.#complete(subscriber);
    this.#listeners.clear();
  }

  #subscribe(subscriber: Subscriber<RoomMessage>) {
    if (this.#ended) {
      this.#complete(subscriber);
      return;
    }
    const listener: Listener = { subscriber, ready: false };
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.host.openRoom(this);
    else this.#catchUp(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0 && !this.#ended) {
        this.#ended = {};
        this.host.closeRoom(this);
      }
    };
  }

  #catchUp(listener: Listener): void {
    if (this.#backlog) {
      listener.ready = true;
      this.#backlog.forEach((message) => listener.subscriber.next(message));
      if (this.#presence) listener.subscriber.next({ kind: 'presence', ...this.#presence });
      return;
    }
    // The reply to the first join is still to come, and serves this subscriber too.
    if (!this.#sequencer.position) return;
    const wire = this.#activeWire();
    this.#sequencer.restart();
    this.#presence = undefined;
    // Without a wire, the next join brings the snapshot.
    if (wire) this.host.rejoin(this, wire);
  }

  #activeWire(): WireName | undefined {
    return this.host.wires().find((wire) => this.#sequencer.isLive(wire));
  }

  #applySnapshot(snapshot: object | undefined, position: Position | undefined): void {
    this.#backlog = [];
    if (snapshot === undefined) this.#listeners.forEach((listener) => (listener.ready = true));
    else this.#emit({ kind: 'snapshot', snapshot, position });
    const { contract } = this.host;
    if (!snapshot) return;
    if (isTerminal(contract, contract.snapshot, snapshot) || this.host.isOver(snapshot)) this.end();
  }

  #applyEvent({ event, payload, position }: WireEvent): void {
    // An event for another user only takes up a position.
    if (event === HIDDEN_EVENT) return;
    if (isPresenceEvent(event)) {
      this.#applyPresence(presenceAfter(this.#presence, payload as PresenceChange));
      return;
    }
    const message = { kind: 'event', event, payload: payload as object, position } as const;
    // On an old wire without snapshots, the first event of a state room is its snapshot.
    const first = this.host.contract.kind === 'state' && !this.#backlog?.length;
    this.#emit(first ? asSnapshot(message) : message);
    if (isTerminal(this.host.contract, event, payload)) this.end();
  }

  #applyPresence(presence: Presence): void {
    if (isSamePresence(this.#presence, presence)) return;
    this.#presence = presence;
    this.#emit({ kind: 'presence', ...presence });
  }

  #emit(message: RoomMessage): void {
    if (this.#ended) return;
    this.#remember(message);
    for (const listener of [...this.#listeners]) {
      if (message.kind === 'snapshot') listener.ready = true;
      if (listener.ready) listener.subscriber.next(message);
    }
  }

  #remember(message: RoomMessage): void {
    if (message.kind === 'presence' || !this.#backlog) return;
    const { contract } = this.host;
    if (contract.kind === 'state') {
      this.#backlog = [asSnapshot(message)];
    } else if (message.kind === 'snapshot' || !contract.events.get(message.event)?.volatile) {
      if (this.#backlog.push(message) > contract.keep) this.#backlog = undefined;
    }
  }

  #complete(subscriber: Subscriber<RoomMessage>): void {
    if (this.#ended?.fault) subscriber.error(this.#ended.fault);
    else subscriber.complete();
  }
}

function isSamePresence(a: Presence | undefined, b: Presence): boolean {
  return a?.members === b.members && a.users.join('\n') === b.users.join('\n');
}

/** The id of a room within its service: its key, and the options of its join. */
export function roomId(key: string, options: object | undefined): string {
  return options ? `${key} ${JSON.stringify(options)}` : key;
}

/** Turns an event of a state room, which has the whole state, into a snapshot. */
function asSnapshot(message: SnapshotMessage | EventMessage): SnapshotMessage {
  if (message.kind === 'snapshot') return message;
  return { kind: 'snapshot', snapshot: message.payload, position: message.position };
}
