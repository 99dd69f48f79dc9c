import type { LegacyFrame, LegacyMessage, LegacyReply, ServiceTypes } from '@switchyard/contract';
import type { CauseLog } from '../log/cause.log.js';
import { readFrame } from '../websocket/frame.reader.js';
import type { UpstreamBehaviour } from './upstream.behaviour.js';
import type { UpstreamFrame } from './upstream.socket.js';

/** What a frame of an old server means: an event, a snapshot, a sign of life, or the answer to a call. */
export type UpstreamMessage = LegacyMessage<ServiceTypes> | ({ kind: 'reply' } & LegacyReply);

/** Reads frames of an old server through the codec of a bridge; a frame that it cannot read is logged once and skipped. */
export class UpstreamReader {
  private readonly what: string;

  constructor(
    private readonly behaviour: Pick<UpstreamBehaviour, 'contract' | 'codec'>,
    private readonly failures: Pick<CauseLog, 'warn' | 'error'>,
  ) {
    this.what = `unable to read a frame of the old server of ${behaviour.contract.name}`;
  }

  /** The meaning of a frame; undefined when it has none here. */
  read({ data, isBinary }: UpstreamFrame): UpstreamMessage | undefined {
    try {
      const message = isBinary && this.behaviour.codec.decodeBinaryEvent ? this.ofBytes(data) : this.ofText(data);
      return message && this.checked(message);
    } catch (thrown) {
      this.failures.error(this.what, thrown);
      return undefined;
    }
  }

  private ofBytes(data: Buffer): UpstreamMessage | undefined {
    return this.known(this.behaviour.codec.decodeBinaryEvent!(new Uint8Array(data)), 'of bytes');
  }

  private ofText(data: Buffer): UpstreamMessage | undefined {
    const frame = readFrame(data);
    if (frame === undefined) return this.skip('that is neither a JSON object nor a text');
    const reply = this.behaviour.codec.decodeReply?.(frame);
    if (reply) return { kind: 'reply', ...reply };
    return this.known(this.behaviour.codec.decodeEvent(frame), typeOf(frame));
  }

  private known(message: LegacyMessage<ServiceTypes> | undefined, kind: string): UpstreamMessage | undefined {
    return message ?? this.skip(`${kind} that the codec does not know`);
  }

  private checked(message: UpstreamMessage): UpstreamMessage | undefined {
    if (message.kind === 'alive' || message.kind === 'reply') return message;
    const { payload } = message;
    if (message.kind === 'event' && !this.behaviour.contract.events.has(message.event))
      return this.skip('whose event is not in the contract');
    // Codecs are code of the application, whose types promise more than an old server keeps.
    if (typeof payload !== 'object' || (payload as object | null) === null)
      return this.skip('whose payload is no object');
    return message;
  }

  private skip(which: string): undefined {
    this.failures.warn(`${this.what} ${which}`, `${this.what}; it is one ${which}`);
    return undefined;
  }
}

/** What tells frames apart in the log, without anything that differs between frames of one type. */
function typeOf(frame: LegacyFrame): string {
  if (typeof frame === 'string') return 'of text';
  const { type } = frame;
  return typeof type === 'string' && /^[\w.:-]{1,40}$/.test(type) ? `of the type ${type}` : 'of no known type';
}
