import { CONTROL_EVENTS, isPosition, type ErrorBody, type EventPosition, type WireName } from '@switchyard/contract';
import type { ControlMessage, RoomSink, WireEvent } from '../transport/transport.js';

/** A packet as one of our messages. */
export type DecodedPacket =
  | { kind: 'control'; message: ControlMessage }
  | { kind: 'error'; error: ErrorBody }
  | { kind: 'event'; room: string; message: WireEvent };

/** A request and its payload. */
type Request = [name: string, payload: object];

/** How the packets of a service look in a namespace. */
export interface SocketioDialect {
  readonly wire: WireName;
  join(room: RoomSink): Request;
  leave(room: RoomSink): Request;
  /** The request that replaces the token. */
  renew(token: string): Request;
  /** Reads a packet; undefined when it is not for us. */
  decode(event: string, payload: unknown, at: unknown): DecodedPacket | undefined;
}

/** The position that a join resumes from, where there is one. */
export function sinceOf(room: RoomSink) {
  const since = room.position();
  return since && { since };
}

/** Reads an event that is named as in the contract; undefined when it is in no room. */
export function decodePacket(
  event: string,
  payload: unknown,
  at: EventPosition | undefined,
): DecodedPacket | undefined {
  if ((CONTROL_EVENTS as readonly string[]).includes(event)) {
    return { kind: 'control', message: { event, payload } as ControlMessage };
  }
  if (event === 'service_error') return { kind: 'error', error: payload as ErrorBody };
  if (!at) return undefined;
  const position = { epoch: at.epoch, offset: at.offset };
  return {
    kind: 'event',
    room: at.room,
    message: { event, payload, ...(isPosition(position) && { position }) },
  };
}
