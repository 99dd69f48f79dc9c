import type { LegacyEnvelope, RootCodec, ServiceContract, ServiceTypes } from '@switchyard/contract';
import { decodePacket, sinceOf, type SocketioDialect } from '../../socketio/socketio.dialect.js';
import type { RoomSink } from '../../transport/transport.js';

/** The packets of an old service in the root namespace; Switchyard's additions come under the key `_sy`. */
export function rootDialect({ room: rooms }: ServiceContract, codec: RootCodec<ServiceTypes>): SocketioDialect {
  const ask = ({ key }: RoomSink) => ({ ...('key' in rooms && { [rooms.key]: key }), switchyard: 1 });
  return {
    wire: 'legacy',
    join: (room) => [codec.joins[0]!, { ...room.options, ...ask(room), ...sinceOf(room) }],
    leave: (room) => [codec.leaves[0]!, ask(room)],
    renew: (token) => ['_sy', { _sy: { event: 'reauthenticate', payload: { token } } }],
    decode(event, frame) {
      if (event === 'service_error') return decodePacket(event, frame, undefined);
      const envelope = (frame as { _sy?: LegacyEnvelope } | null | undefined)?._sy;
      if (!envelope || !('payload' in envelope)) return undefined;
      return decodePacket(envelope.event, envelope.payload, 'room' in envelope ? envelope : undefined);
    },
  };
}
