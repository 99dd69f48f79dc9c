/** Why a run was aborted: somebody stopped it, its time was over, or its process ended. */
export type RunAbortReason = 'stopped' | 'timeout' | 'interrupted';

/** The abort reason of a run's signal; `why` is a sentence for people. */
export class RunAborted extends Error {
  override readonly name = 'RunAborted';

  constructor(
    readonly kind: RunAbortReason,
    readonly why?: string,
  ) {
    super(`unable to go on with the run; ${why ?? kind}`);
  }

  /** Turns any abort reason into one of a run; an unknown one came from another process and counts as stopped. */
  static from(reason: unknown): RunAborted {
    return reason instanceof RunAborted ? reason : new RunAborted('stopped');
  }

  /** Why `signal` was aborted; undefined when it was not. */
  static of({ aborted, reason }: AbortSignal): RunAbortReason | undefined {
    if (!aborted) return undefined;
    return reason instanceof RunAborted ? reason.kind : 'interrupted';
  }
}
