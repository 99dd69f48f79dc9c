import type { LegacyFrame, LegacyReading, ReadingContext, ReceivedFrame, UnreadableAnswer } from '@switchyard/contract';
import { isJson, textOf } from './frame.reader.js';

/** A frame as it came from the WebSocket. */
export interface ArrivedFrame {
  data: Buffer;
  isBinary: boolean;
}

/** What is used of the connection that a frame came on. */
interface Receiver {
  readonly id: string;
  readonly takesControl: boolean;
  send(frame: LegacyFrame): void;
  close(code: number, reason: string): void;
}

/** Answers the frames that an old wire cannot read, in its own words. */
export class UnreadableFrames {
  /** @param report logs what the codec throws; the frame is then read as if the codec had no word for it */
  constructor(
    private readonly codec: LegacyReading,
    private readonly report: (error: unknown) => void,
  ) {}

  /** Answers a frame that cannot be read; false for any other. Our client sends what the server understands. */
  take(peer: Receiver, arrived: ArrivedFrame): boolean {
    if (peer.takesControl) return false;
    const answer = this.answerTo(arrived, peer.id);
    if (!answer) return false;
    for (const frame of answer.frames ?? []) peer.send(frame);
    if (answer.close) peer.close(answer.close.code, answer.close.reason);
    return true;
  }

  /** The answer to a frame that cannot be read; undefined for any other. */
  answerTo({ data, isBinary }: ArrivedFrame, session_id?: string): UnreadableAnswer | undefined {
    if (!this.codec.unreadable) return undefined;
    const context: ReadingContext = { now: new Date().toISOString(), ...(session_id !== undefined && { session_id }) };
    try {
      return this.codec.unreadable(new Received(data, isBinary), context);
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }
}

/** Reads only what the codec asks for: a binary frame may be large, and is rarely text. */
class Received implements ReceivedFrame {
  constructor(
    private readonly data: Buffer,
    readonly isBinary: boolean,
  ) {}

  get bytes(): number {
    return this.data.length;
  }

  get text(): string | undefined {
    return textOf(this.data);
  }

  get isJson(): boolean {
    return isJson(this.text);
  }
}
