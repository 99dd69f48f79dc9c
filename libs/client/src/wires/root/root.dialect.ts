import type { LegacyEnvelope, RootCodec, ServiceContract, ServiceTypes } from '@switchyard/contract';
import { decodePacket, sinceOf, type SocketioDialect } from '../../socketio/socketio.dialect.js';
import type { RoomSink } from '../../transport/transport.js';

/** Makes the dialect of an old service in the root namespace, with Switchyard's fields under the key `_sy`. */
export function rootDialect({ room: keyed }: ServiceContract, codec: RootCodec<ServiceTypes>): SocketioDialect {
  const request = ({ key }: RoomSink) => ({ ...('key' in keyed && { [keyed.key]: key }), switchyard: 1 });
  return {
    wire: 'legacy',
    join: (room) => [codec.joins[0]!, { ...room.options, ...request(room), ...sinceOf(room) }],
    leave: (room) => [codec.leaves[0]!, request(room)],
    renew: (token) => ['_sy', { _sy: { event: 'reauthenticate', payload: { token } } }],
    decode(event, frame) {
      if (event === 'service_error') return decodePacket(event, frame, undefined);
      const envelope = (frame as { _sy?: LegacyEnvelope } | null | undefined)?._sy;
      if (!envelope || !('payload' in envelope)) return undefined;
      return decodePacket(envelope.event, envelope.payload, 'room' in envelope ? envelope : undefined);
    },
  };
}
