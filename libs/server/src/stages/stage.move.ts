import { Fault, allowedMoves, type Stage } from '@switchyard/contract';

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
