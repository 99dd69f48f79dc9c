import * as parser from 'socket.io-parser';
import { Oversized } from '../validation/oversized.js';

/**
 * Socket.IO's own parser, except that the payload of an event larger than its limit is dropped as it is decoded. The
 * packet still arrives, so the call it made is answered with its code instead of a cut connection.
 *
 * @param limitOf The most bytes of an event in a namespace; 0 for any.
 */
export function sizedParser(
  limitOf: (namespace: string, event: string) => number,
): Pick<typeof parser, 'Encoder' | 'Decoder'> {
  class SizedDecoder extends parser.Decoder {
    /** Bytes of the packet being decoded, with its binary attachments. */
    private size = 0;

    constructor() {
      super();
      // Registered first, so it runs before the server sees the packet.
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
  return { Encoder: parser.Encoder, Decoder: SizedDecoder };
}
