import {
  Fault,
  type LegacyCodec,
  type LegacyFrame,
  type LegacyReply,
  type Reply,
  type ServiceTypes,
} from '@switchyard/contract';
import type { LegacySocket } from '../../transport/legacy.socket.js';

interface Pending {
  resolve(reply: Reply): void;
  reject(fault: Fault): void;
}

/** The calls on one socket of an old wire that answers them. */
export class LegacyRequests {
  private readonly pending = new Map<LegacyReply['id'], Pending>();
  private count = 0;

  constructor(
    private readonly codec: LegacyCodec<ServiceTypes>,
    private readonly socket: Pick<LegacySocket, 'send'>,
  ) {}

  /** Sends a call; undefined when the old wire has no frame for it. @throws Fault `wire.lost` when it is closed before the reply */
  call(name: string, payload: object): Promise<Reply> | undefined {
    const id = (this.count += 1);
    const frame = this.codec.encodeCall({ call: name, payload }, id);
    if (typeof frame !== 'object') return undefined;
    // A codec may drop the id by which the server recognises a repeat.
    const { correlation_id } = payload as { correlation_id?: string };
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ ...frame, _sy: { correlation_id } }));
    });
  }

  /** Passes on the reply in a frame; false when the frame is none. */
  settle(frame: LegacyFrame | undefined): boolean {
    const answer = frame === undefined ? undefined : this.codec.decodeReply!(frame);
    const pending = answer && this.pending.get(answer.id);
    if (!pending) return false;
    this.pending.delete(answer.id);
    pending.resolve(answer.reply);
    return true;
  }

  close(): void {
    this.pending.forEach(({ reject }) => reject(new Fault('wire.lost')));
    this.pending.clear();
  }
}
