import type { ErrorBody } from './fault.js';
import type { ConnectionField, EventContext, LegacyContext, LegacyFrame } from './legacy.codec.js';
import type { ContractCall, ContractEvent, ServiceTypes } from './service.types.js';

/** What a frame that belongs to no room may need to know. */
export interface MultiplexContext extends Omit<LegacyContext, 'key'> {
  /** That of the frame which is answered. */
  correlation_id?: string;
}

/** What a frame from a client asks for. */
export type MultiplexRequest<T extends ServiceTypes> =
  | { kind: 'answer'; frame: LegacyFrame }
  /** A call in a room that the frame names; the client becomes a member of it. */
  | { kind: 'call'; key: string; call: ContractCall<T> }
  /** A call in a room that has yet to be opened, by another call whose reply names it. */
  | { kind: 'open'; open: ContractCall<T>; call: (key: string) => ContractCall<T> };

/** A pure translation between a service and an old wire on which one socket of JSON frames carries many rooms. */
export interface MultiplexCodec<T extends ServiceTypes> {
  /** The endpoint's path; it names no room. */
  readonly path: string;
  readonly heartbeat?: { readonly every_ms: number; frame(context: MultiplexContext): LegacyFrame };
  /** The frame a client is greeted with. */
  greet?(context: MultiplexContext): LegacyFrame;
  /** What relates answers to this frame, where it has such a thing. */
  correlationOf(frame: object): string | undefined;
  /** @throws Fault `input.invalid` for a frame this wire does not know. */
  decode(frame: object, context: MultiplexContext): MultiplexRequest<T>;
  /** The fields of the context that `encodeEvent` uses and that differ between connections; none when undefined. */
  readonly perConnection?: readonly ConnectionField[];
  /** The frame of an event in the room `context.key`, called once for all connections as in `LegacyCodec`. */
  encodeEvent(event: ContractEvent<T>, context: EventContext): LegacyFrame | undefined;
  /** The frame that tells a client that its frame was refused. */
  encodeError(error: ErrorBody, context: MultiplexContext): LegacyFrame;
}
