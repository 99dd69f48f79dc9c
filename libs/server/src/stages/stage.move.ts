import { Fault, allowedMoves, isPromotion, type MigrationChange, type Stage } from '@switchyard/contract';
import { invalidField } from '../validation/payload.validation.js';
import { fixedPercent, withPercent } from './stage.flag.js';
import { advisedAt, hasSameAdvice, timeAfter, type StageRecord } from './stage.record.js';

/**
 * The record after a change by a person or a program.
 *
 * @throws Fault `stage.illegal`, `stage.held`, `input.invalid`
 */
export function moved(from: StageRecord, change: MigrationChange, by: string): StageRecord {
  const { stage = from.stage, reason, force = false, closed = from.closed, held = from.held } = change;
  if (change.stage !== undefined) checkMove(from.stage, stage, force);
  const percent = percentOf(from, stage, change);
  const to = { stage, percent, closed, held, updated_at: timeAfter(from), updated_by: by, reason };
  if (from.held && held && isPromotion(from, to)) throw heldFault(from);
  const hold = held && (from.hold ?? { since: to.updated_at, by, reason });
  const definition = definitionAfter(from, stage, change);
  const record: StageRecord = {
    service: from.service,
    ...to,
    ...(definition && { definition }),
    ...(hold && { hold }),
  };
  return hasSameAdvice(from, record) ? { ...record, advised_at: advisedAt(from) } : record;
}

/**
 * Checks a change of stage: one step forward, or more with `force`; back to any earlier stage, but from `retired` only
 * to `socketio`.
 *
 * @throws Fault `stage.illegal` with `details.allowed`
 */
function checkMove(from: Stage, to: Stage, force: boolean): void {
  const allowed = allowedMoves(from);
  if (allowed.includes(to) || (force && from !== 'retired')) return;
  throw new Fault('stage.illegal', { from, to, allowed });
}

function percentOf(from: StageRecord, stage: Stage, { percent }: MigrationChange): number {
  if (stage !== 'canary') return fixedPercent(stage);
  if (percent !== undefined) return percent;
  if (from.stage === 'canary') return from.percent;
  throw invalidField('percent', 'must be given when a canary begins');
}

/** A percentage that is not given leaves the weights as they are: the flag file may have other ones. */
function definitionAfter({ definition }: StageRecord, stage: Stage, { percent }: MigrationChange) {
  if (!definition || stage !== 'canary' || percent === undefined) return definition;
  return withPercent(definition, percent);
}

/** The refusal to promote a held service. */
export function heldFault({ service, stage, hold, updated_at, updated_by, reason }: StageRecord): Fault {
  return new Fault('stage.held', { service, stage, ...(hold ?? { since: updated_at, by: updated_by, reason }) });
}
