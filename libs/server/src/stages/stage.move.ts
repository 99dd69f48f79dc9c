import { Fault, STAGES, type Stage } from '@switchyard/contract';

/** The stages a service may be moved to from `stage` without force. */
function allowedMoves(stage: Stage): Stage[] {
  if (stage === 'retired') return ['socketio'];
  const at = STAGES.indexOf(stage);
  // Staying is a move too: it changes the percentage, the reason or whether the new wire is closed.
  return STAGES.slice(0, at + 2);
}

/**
 * Checks a move: one step forward, further only with `force`; back to any earlier stage, out of `retired` only to
 * `socketio`.
 *
 * @throws Fault `stage.illegal` with `details.allowed`
 */
export function checkMove(from: Stage, to: Stage, force: boolean): void {
  const allowed = allowedMoves(from);
  if (allowed.includes(to) || (force && from !== 'retired')) return;
  throw new Fault('stage.illegal', { from, to, allowed });
}
