import type {
  ControlMessage,
  Fault,
  JoinReply,
  LegacyFrame,
  LoggedEvent,
  Position,
  RemoteFault,
  Reply,
  WireName,
} from '@switchyard/contract';
import type { Observable } from 'rxjs';

/** An event from a wire; it has no position when it is volatile or its wire has no positions. */
export interface WireEvent {
  event: string;
  payload: unknown;
  position?: Position;
  /** The frame in which an old wire has sent it, with the field `_sy` that Switchyard adds. */
  frame?: LegacyFrame;
}

/** The reply to a join; it has no position on an old wire without positions. */
export interface WireReply extends Pick<JoinReply, 'recovered' | 'snapshot' | 'members' | 'users'>, Partial<Position> {
  events?: (LoggedEvent & Pick<WireEvent, 'frame'>)[];
}

/** The state of a transport; a *disconnected* one tries again, a *closed* one does not. */
export interface TransportState {
  status: 'connecting' | 'connected' | 'disconnected' | 'closed';
  /** The number of failed attempts since the last success. */
  failures: number;
  /** Why the transport was closed, unless the client asked for it; or the server's refusal while it is disconnected. */
  fault?: Fault | RemoteFault;
}

/** A room as its wires see it. */
export interface RoomSink {
  /** Differs for rooms that share a name but were joined with different options. */
  readonly id: string;
  readonly key: string;
  readonly name: string;
  /** The options of its join. */
  readonly options?: object;
  /** The position of the last event applied, from which a join resumes. */
  position(): Position | undefined;
  /** A join was sent, so that events of that wire wait for its reply. */
  joining(wire: WireName): void;
  joined(wire: WireName, reply: WireReply): void;
  event(wire: WireName, event: WireEvent): void;
  refused(wire: WireName, fault: RemoteFault): void;
  /** The wire lost this room, and tries to join it again. */
  lost(wire: WireName): void;
}

/** One service on one wire. */
export interface Transport {
  readonly wire: WireName;
  /** Whether calls arrive at the server in the order made. */
  readonly ordered: boolean;
  /** Whether the wire polls; then events come late, and each poll joins refused rooms again. */
  readonly polls?: boolean;
  /** The current state first, then every change. */
  readonly state$: Observable<TransportState> & { readonly value: TransportState };
  readonly control$: Observable<ControlMessage>;
  connect(): void;
  /** Tries less and less often to connect while a fallback serves its rooms. */
  ease?(isServed: boolean): void;
  /** Joins a room now and after every reconnect, until it is left; a second call joins again from the room's position. */
  join(room: RoomSink): void;
  leave(room: RoomSink): void;
  /** @throws Fault `wire.lost` when the connection is lost before the reply. */
  call(name: string, payload: object): Promise<Reply>;
  close(): void;
}
