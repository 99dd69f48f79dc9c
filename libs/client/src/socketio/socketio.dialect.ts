import {
  isPosition,
  type ErrorBody,
  type EventPosition,
  type WireName,
  type ControlMessage,
} from '@switchyard/contract';
import { controlMessage } from '../transport/control.message.js';
import type { RoomSink, WireEvent } from '../transport/transport.js';

/** A packet, decoded into a message of the client. */
export type DecodedPacket =
  | { kind: 'control'; message: ControlMessage }
  | { kind: 'error'; error: ErrorBody }
  | { kind: 'event'; room: string; message: WireEvent };

/** A request and its payload. */
type Request = [name: string, payload: object];

/** Encodes and decodes the packets of a service in a namespace. */
export interface SocketioDialect {
  readonly wire: WireName;
  join(room: RoomSink): Request;
  leave(room: RoomSink): Request;
  /** The request that renews the token. */
  renew(token: string): Request;
  /** Decodes a packet; undefined when it is not for this client. */
  decode(event: string, payload: unknown, at: unknown): DecodedPacket | undefined;
}

/** The field of a join that names the position to resume from; undefined without one. */
export function sinceOf(room: RoomSink) {
  const since = room.position();
  return since && { since };
}

/** Decodes an event that has its name from the contract; undefined when it belongs to no room. */
export function decodePacket(
  event: string,
  payload: unknown,
  at: EventPosition | undefined,
): DecodedPacket | undefined {
  const message = controlMessage(event, payload);
  if (message) return { kind: 'control', message };
  if (event === 'service_error') return { kind: 'error', error: payload as ErrorBody };
  if (!at) return undefined;
  const position = { epoch: at.epoch, offset: at.offset };
  return {
    kind: 'event',
    room: at.room,
    message: { event, payload, ...(isPosition(position) && { position }) },
  };
}
