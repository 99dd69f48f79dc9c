import {
  CONTROL_EVENTS,
  isPosition,
  type ErrorBody,
  type EventPosition,
  type LegacyEnvelope,
  type RootCodec,
  type ServiceContract,
  type ServiceTypes,
} from '@switchyard/contract';
import type { ControlMessage, RoomSink, WireEvent } from './transport.js';

/** What a packet says. */
type HeardPacket =
  | { kind: 'control'; message: ControlMessage }
  | { kind: 'error'; error: ErrorBody }
  | { kind: 'event'; room: string; message: WireEvent };

/** A request and its payload. */
type Request = [name: string, payload: object];

/** How a service is spoken of in a namespace. */
export interface SocketioDialect {
  readonly wire: 'socketio' | 'legacy';
  join(room: RoomSink): Request;
  leave(room: RoomSink): Request;
  /** Shows a new token. */
  renew(token: string): Request;
  /** Undefined for what is nothing to us. */
  hear(event: string, payload: unknown, at: unknown): HeardPacket | undefined;
}

/** A namespace of a service's own. */
export const namespaceDialect: SocketioDialect = {
  wire: 'socketio',
  join: (room) => ['join_room', { ...room.options, room: room.name, ...sinceOf(room) }],
  leave: ({ name }) => ['leave_room', { room: name }],
  renew: (token) => ['reauthenticate', { token }],
  hear(event, payload, at) {
    return heard(event, payload, at as EventPosition | undefined);
  },
};

/** The root namespace, where the services of old tell one socket of many rooms; what we ask for beside comes in `_sy`. */
export function rootDialect({ room: rooms }: ServiceContract, codec: RootCodec<ServiceTypes>): SocketioDialect {
  const ask = ({ key }: RoomSink) => ({ ...('key' in rooms && { [rooms.key]: key }), switchyard: 1 });
  return {
    wire: 'legacy',
    join: (room) => [codec.joins[0]!, { ...room.options, ...ask(room), ...sinceOf(room) }],
    leave: (room) => [codec.leaves[0]!, ask(room)],
    renew: (token) => ['_sy', { _sy: { event: 'reauthenticate', payload: { token } } }],
    hear(event, frame) {
      if (event === 'service_error') return heard(event, frame, undefined);
      const envelope = (frame as { _sy?: LegacyEnvelope } | null | undefined)?._sy;
      if (!envelope || !('payload' in envelope)) return undefined;
      return heard(envelope.event, envelope.payload, 'room' in envelope ? envelope : undefined);
    },
  };
}

function sinceOf(room: RoomSink) {
  const since = room.position();
  return since && { since };
}

function heard(event: string, payload: unknown, at: EventPosition | undefined): HeardPacket | undefined {
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
