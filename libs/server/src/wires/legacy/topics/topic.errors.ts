import type { Logger } from '@nestjs/common';
import { Fault, RemoteFault, type ErrorBody, type RequestId, type SentFrame } from '@switchyard/contract';
import type { TopicsPeer } from './topics.peer.js';

/** Puts what was thrown for a request of one socket into the words of its codec. */
export class TopicErrors {
  constructor(
    private readonly path: string,
    private readonly logger: Pick<Logger, 'error'>,
  ) {}

  /** The error for something thrown; one that nobody foresaw is logged. */
  bodyOf(thrown: unknown): ErrorBody {
    const error = thrown instanceof RemoteFault ? thrown.body : Fault.from(thrown).toBody();
    if (error.code === 'call.failed') this.logger.error(`unable to serve ${this.path}; ${String(thrown)}`);
    return error;
  }

  /** The frames of an error; none when the old wire was silent, or its codec fails. */
  framesOf(peer: TopicsPeer, error: ErrorBody, topic?: string, request_id?: RequestId): readonly SentFrame[] {
    try {
      const frame = peer.errorFrame(error, topic, request_id);
      return frame === undefined ? [] : [frame];
    } catch (failed) {
      this.logger.error(`unable to translate for ${this.path}; ${String(failed)}`);
      return [];
    }
  }

  /** The frames that a step makes, or those of its error. */
  attempt(peer: TopicsPeer, request_id: RequestId | undefined, step: () => readonly SentFrame[]): readonly SentFrame[] {
    try {
      return step();
    } catch (thrown) {
      return this.framesOf(peer, this.bodyOf(thrown), undefined, request_id);
    }
  }
}
