import type { ErrorBody } from './fault.js';
import type { ConnectionField, EventContext, LegacyContext } from './legacy.context.js';
import type { LegacyDoor } from './legacy.door.js';
import type { LegacyFrame } from './legacy.frame.js';
import type { ContractCall, ContractEvent, ServiceTypes } from './service.types.js';

/** The context of a frame without a room. */
export interface MultiplexContext extends Omit<LegacyContext, 'key'> {
  /** The correlation id of the frame that is answered. */
  correlation_id?: string;
}

/** The request in a frame from a client. */
export type MultiplexRequest<T extends ServiceTypes> =
  | { kind: 'answer'; frame: LegacyFrame }
  /** A call in the room that the frame names; the client joins that room. */
  | { kind: 'call'; key: string; call: ContractCall<T> }
  /** A call in a new room: the call `open` creates the room, and its reply has the key. */
  | { kind: 'open'; open: ContractCall<T>; call: (key: string) => ContractCall<T> };

/** A pure translation for an old wire whose one socket carries JSON frames of many rooms. */
export interface MultiplexCodec<T extends ServiceTypes> extends LegacyDoor {
  /** The endpoint's path, without a room key. */
  readonly path: string;
  readonly heartbeat?: { readonly every_ms: number; frame(context: MultiplexContext): LegacyFrame };
  /** The first frame that a client gets. */
  greet?(context: MultiplexContext): LegacyFrame;
  /** The correlation id of a client's frame, if it has one. */
  correlationOf(frame: object): string | undefined;
  /** @throws Fault `input.invalid` for a frame this wire does not know. */
  decode(frame: object, context: MultiplexContext): MultiplexRequest<T>;
  /** The fields of the context that `encodeEvent` uses and that differ between connections; none when undefined. */
  readonly perConnection?: readonly ConnectionField[];
  /** The frame of an event in the room `context.key`, called once for all connections as in `LegacyCodec`. */
  encodeEvent(event: ContractEvent<T>, context: EventContext): LegacyFrame | undefined;
  /** The frame for a refused frame. */
  encodeError(error: ErrorBody, context: MultiplexContext): LegacyFrame;
}
