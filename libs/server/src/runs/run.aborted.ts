/** Why a run was ended before its end: somebody stopped it, its time was over, or its process had to end. */
export type RunAbortReason = 'stopped' | 'timeout' | 'interrupted';

/** What the signal of a run is aborted with. */
export class RunAborted extends Error {
  override readonly name = 'RunCut';

  constructor(readonly kind: RunAbortReason) {
    super(`unable to go on with the run; ${kind}`);
  }

  /** Why `signal` was aborted; undefined when it was not. */
  static of({ aborted, reason }: AbortSignal): RunAbortReason | undefined {
    if (!aborted) return undefined;
    return reason instanceof RunAborted ? reason.kind : 'interrupted';
  }
}
