import * as parser from 'socket.io-parser';
import { Oversized } from '../../door/oversized.js';

/**
 * Socket.IO's own parser, except that the payload of an event larger than `limit` bytes is dropped as it is decoded.
 * The packet still arrives, so the call it made is answered with its code instead of a cut connection.
 *
 * @param limit 0 for none.
 */
export function sizedParser(limit: number): Pick<typeof parser, 'Encoder' | 'Decoder'> {
  if (limit === 0) return parser;
  class SizedDecoder extends parser.Decoder {
    /** Bytes of the packet being decoded, with its binary attachments. */
    private size = 0;

    constructor() {
      super();
      // Registered first, so it runs before the server sees the packet.
      this.on('decoded', (packet) => {
        if (this.size <= limit || !Array.isArray(packet.data) || packet.type === parser.PacketType.ACK) return;
        packet.data = [(packet.data as unknown[])[0], new Oversized(limit)];
      });
    }

    override add(data: unknown): void {
      this.size = typeof data === 'string' ? Buffer.byteLength(data) : this.size + (data as Buffer).length;
      super.add(data);
    }
  }
  return { Encoder: parser.Encoder, Decoder: SizedDecoder };
}
