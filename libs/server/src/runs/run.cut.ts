/** Why a run was ended before its end: somebody stopped it, its time was over, or its process had to end. */
export type RunCutKind = 'stopped' | 'timeout' | 'interrupted';

/** What the signal of a run is aborted with. */
export class RunCut extends Error {
  override readonly name = 'RunCut';

  constructor(readonly kind: RunCutKind) {
    super(`unable to go on with the run; ${kind}`);
  }

  /** Why `signal` was aborted; undefined when it was not. */
  static of({ aborted, reason }: AbortSignal): RunCutKind | undefined {
    if (!aborted) return undefined;
    return reason instanceof RunCut ? reason.kind : 'interrupted';
  }
}
