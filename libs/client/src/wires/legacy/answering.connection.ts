import { Fault, type LegacyReply, type Reply } from '@switchyard/contract';
import { LegacyConnection, parseFrame } from './legacy.connection.js';

interface Pending {
  resolve(reply: Reply): void;
  reject(fault: Fault): void;
}

/** A connection on an old wire that answers calls, or sends binary frames; loaded by pages that have such a wire. */
export class AnsweringConnection extends LegacyConnection {
  private readonly pending = new Map<LegacyReply['id'], Pending>();
  private count = 0;

  override open(): void {
    super.open();
    if (this.socket) this.socket.binaryType = 'arraybuffer';
  }

  /** Sends a call; undefined when the old wire has no frame for it. @throws Fault `wire.lost` when it is closed before the reply */
  override call(name: string, payload: object): Promise<Reply> | undefined {
    const { socket } = this;
    const { codec } = this.options;
    // A wire without positions would run a repeated call twice.
    if (!codec?.decodeReply || this.isPlain !== false || !socket) return undefined;
    const id = (this.count += 1);
    const frame = codec.encodeCall({ call: name, payload }, id);
    if (typeof frame !== 'object') return undefined;
    // A codec may drop the id by which the server recognises a repeat.
    const { correlation_id } = payload as { correlation_id?: string };
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      socket.send(JSON.stringify({ ...frame, _sy: { correlation_id } }));
    });
  }

  override close(): void {
    super.close();
    this.pending.forEach(({ reject }) => reject(new Fault('wire.lost')));
    this.pending.clear();
  }

  protected override receive(data: unknown): void {
    if (data instanceof ArrayBuffer) this.receiveBytes(new Uint8Array(data));
    else if (this.pending.size === 0 || !this.settle(data)) super.receive(data);
  }

  private receiveBytes(bytes: Uint8Array): void {
    this.isPlain ??= true;
    if (this.isPlain) this.take(this.options.codec!.decodeBinaryEvent?.(bytes));
  }

  /** Passes on the reply in a frame; false when the frame is none. */
  private settle(data: unknown): boolean {
    const frame = parseFrame(data);
    const answer = frame === undefined ? undefined : this.options.codec?.decodeReply?.(frame);
    const pending = answer && this.pending.get(answer.id);
    if (!pending) return false;
    this.pending.delete(answer.id);
    pending.resolve(answer.reply);
    return true;
  }
}
