import type {
  ControlEvent,
  ControlPayloads,
  Fault,
  JoinReply,
  Position,
  RemoteFault,
  Reply,
  WireName,
} from '@switchyard/contract';
import type { Observable } from 'rxjs';

/** An event off a wire; without a position it is volatile, or its wire keeps none. */
export interface WireEvent {
  event: string;
  payload: unknown;
  position?: Position;
}

/** A join's answer; without a position when an old wire keeps none. */
export type WireReply = Pick<JoinReply, 'recovered' | 'snapshot' | 'events' | 'members' | 'users'> & Partial<Position>;

/** A control event off a wire. */
export type ControlMessage = { [E in ControlEvent]: { event: E; payload: ControlPayloads[E] } }[ControlEvent];

/** *disconnected* will be tried again, *closed* will not. */
export interface TransportState {
  status: 'connecting' | 'connected' | 'disconnected' | 'closed';
  /** Attempts that failed since the last success. */
  failures: number;
  /** Why a closed one is closed, unless it was asked to; why a disconnected one was refused, where the server said so. */
  fault?: Fault | RemoteFault;
}

/** A room as its wires see it. */
export interface RoomSink {
  /** Tells rooms of one name apart that were joined with other options. */
  readonly id: string;
  readonly key: string;
  readonly name: string;
  /** What its join asks for beside the room. */
  readonly options?: object;
  /** Where to resume: the position of the last event applied. */
  position(): Position | undefined;
  /** A join was sent: events of that wire wait for its reply. */
  joining(wire: WireName): void;
  joined(wire: WireName, reply: WireReply): void;
  event(wire: WireName, event: WireEvent): void;
  refused(wire: WireName, fault: RemoteFault): void;
  /** The wire no longer carries this room, and will by itself try to again. */
  lost(wire: WireName): void;
}

/** One service on one wire. */
export interface Transport {
  readonly wire: WireName;
  /** Whether calls reach the server in the order they were made. */
  readonly ordered: boolean;
  /** Whether it asks for news every so often, and then also for rooms that were refused; events are late on it. */
  readonly polls?: boolean;
  /** The current state first, then every change. */
  readonly state$: Observable<TransportState> & { readonly value: TransportState };
  readonly control$: Observable<ControlMessage>;
  connect(): void;
  /** Joins a room now and after every reconnect, until it is left; asked again, it joins again from the room's position. */
  join(room: RoomSink): void;
  leave(room: RoomSink): void;
  /** @throws Fault `wire.lost` when the connection went before the reply came. */
  call(name: string, payload: object): Promise<Reply>;
  close(): void;
}
