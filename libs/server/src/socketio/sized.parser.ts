import * as parser from 'socket.io-parser';
import { Oversized } from '../validation/oversized.js';
import { MeasuredEncoder } from './measured.encoder.js';

/**
 * Socket.IO's own parser, except that it drops the payload of an event that is larger than its limit. The packet still
 * arrives, so the call is answered with an error instead of a cut connection.
 *
 * @param limitOf the greatest size of an event in a namespace, in bytes; 0 for no limit
 */
export function sizedParser(
  limitOf: (namespace: string, event: string) => number,
): Pick<typeof parser, 'Encoder' | 'Decoder'> {
  class SizedDecoder extends parser.Decoder {
    /** The size of the packet that is being decoded, with its binary attachments. */
    private size = 0;

    constructor() {
      super();
      // Registered first, so that it runs before the server gets the packet.
      this.on('decoded', (packet) => {
        if (!Array.isArray(packet.data) || packet.type === parser.PacketType.ACK) return;
        const [event] = packet.data as [string, ...unknown[]];
        const limit = limitOf(packet.nsp, event);
        if (limit > 0 && this.size > limit) packet.data = [event, new Oversized(limit)];
      });
    }

    override add(data: unknown): void {
      this.size = typeof data === 'string' ? Buffer.byteLength(data) : this.size + (data as Buffer).length;
      super.add(data);
    }
  }
  return { Encoder: MeasuredEncoder, Decoder: SizedDecoder };
}
