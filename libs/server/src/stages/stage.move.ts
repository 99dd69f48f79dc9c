import { Fault, STAGES, type Stage } from '@switchyard/contract';

/** The stages that a service may move to from `stage` without force. */
function allowedMoves(stage: Stage): Stage[] {
  if (stage === 'retired') return ['socketio'];
  const at = STAGES.indexOf(stage);
  // The same stage is allowed, to change the percentage, the reason or whether the new wire is closed.
  return STAGES.slice(0, at + 2);
}

/**
 * Checks a change of stage: one step forward, or more with `force`; back to any earlier stage, but from `retired` only
 * to `socketio`.
 *
 * @throws Fault `stage.illegal` with `details.allowed`
 */
export function checkMove(from: Stage, to: Stage, force: boolean): void {
  const allowed = allowedMoves(from);
  if (allowed.includes(to) || (force && from !== 'retired')) return;
  throw new Fault('stage.illegal', { from, to, allowed });
}
