import { Fault, RemoteFault, type LegacyReply, type RequestId } from '@switchyard/contract';

interface PendingCall {
  readonly isRepeatable: boolean;
  settle(reply: LegacyReply['reply']): void;
  fail(fault: Fault): void;
}

/** The calls that an old server has not answered yet. */
export class UpstreamCalls {
  private readonly pending = new Map<RequestId, PendingCall>();
  private count = 0;

  /** @param answerWithinMs how long an answer may take */
  constructor(private readonly answerWithinMs: number) {}

  /** Returns the id of the next call. */
  nextId(): number {
    return (this.count += 1);
  }

  /** Waits for the answer to the call `id`. @throws RemoteFault with which the old server refuses it; Fault of `lost` */
  answer(id: number, isRepeatable: boolean): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const forget = () => {
        clearTimeout(timer);
        this.pending.delete(id);
      };
      const call: PendingCall = {
        isRepeatable,
        settle: (reply) => {
          forget();
          if (reply.ok) resolve(reply.data);
          else reject(new RemoteFault(reply.error));
        },
        fail: (fault) => {
          forget();
          reject(fault);
        },
      };
      const late = () => call.fail(lost(isRepeatable, 'the old server did not answer in time'));
      const timer = setTimeout(late, this.answerWithinMs);
      this.pending.set(id, call);
    });
  }

  /** Passes on an answer; one that nobody waits for any more is dropped. */
  settle({ id, reply }: LegacyReply): void {
    this.pending.get(id)?.settle(reply);
  }

  /** Fails the calls without an answer, because none will come. */
  end(): void {
    for (const call of [...this.pending.values()])
      call.fail(lost(call.isRepeatable, 'the connection to the old server was lost'));
  }
}

/** The fault of a call that was sent and has no answer: the old server may have made it. */
export function lost(isRepeatable: boolean, reason: string): Fault {
  return isRepeatable ? new Fault('upstream.unavailable', { reason }) : new Fault('call.outcome_unknown', { reason });
}
