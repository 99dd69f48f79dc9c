import * as parser from 'socket.io-parser';

/** Socket.IO's own encoder, which tells the size of what it has encoded. */
export class MeasuredEncoder extends parser.Encoder {
  private encoded: readonly (string | Buffer)[] = [];

  override encode(packet: parser.Packet): (string | Buffer)[] {
    const encoded = super.encode(packet) as (string | Buffer)[];
    this.encoded = encoded;
    return encoded;
  }

  /** The bytes of the packet that `emit` encodes, for one member; 0 when it does that later, or elsewhere. */
  sizeOf(emit: () => void): number {
    this.encoded = [];
    emit();
    let bytes = 0;
    for (const part of this.encoded) bytes += Buffer.byteLength(part);
    this.encoded = [];
    return bytes;
  }
}
