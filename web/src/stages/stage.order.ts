import {
  STAGES,
  allowedMoves,
  isPromotion,
  type MigrationState,
  type Stage,
  type MigrationChange,
} from '@switchyard/contract';
import { readPercent } from './stage.percent.js';

/** What an operator has entered to move a service. */
export interface MoveEntry {
  reason: string;
  /** Empty before a choice. */
  stage: Stage | '';
  percent: string;
  /** The service's name, typed to confirm its retirement. */
  confirmation: string;
  /** Whether to retire it although its old wire is in use. */
  force: boolean;
}

/** What is wrong, by field. */
export type MoveProblems = Partial<Record<keyof MoveEntry, string>>;

export const NO_ENTRY: MoveEntry = { reason: '', stage: '', percent: '', confirmation: '', force: false };

/** The moves that a service may make now; for a canary its own stage is one, with another percentage. */
export function offeredMoves({ stage, held }: MigrationState): Stage[] {
  const at = STAGES.indexOf(stage);
  return allowedMoves(stage).filter((to) => (to !== stage || to === 'canary') && !(held && STAGES.indexOf(to) > at));
}

/** Checks the reason, which every change needs. */
export function readReason({ reason }: Pick<MoveEntry, 'reason'>): { reason: string } | { problems: MoveProblems } {
  const text = reason.trim();
  return text === '' ? { problems: { reason: 'Enter a reason; it is recorded with the change.' } } : { reason: text };
}

/** Reads the order of a move from what was entered, or names the fields that are wrong. */
export function readMove(
  state: MigrationState,
  entry: MoveEntry,
): { order: MigrationChange } | { problems: MoveProblems } {
  const { service, held } = state;
  const { stage, confirmation, force } = entry;
  const reason = readReason(entry);
  const problems: MoveProblems = 'problems' in reason ? reason.problems : {};
  const percent = stage === 'canary' ? readPercent(entry.percent) : undefined;
  if (stage === '' || !offeredMoves(state).includes(stage)) problems.stage = 'Choose a stage.';
  if (stage === 'retired' && confirmation.trim() !== service) problems.confirmation = `Type ${service} to retire it.`;
  if (percent && 'problem' in percent) problems.percent = percent.problem;
  else if (percent && held && isPromotion(state, { stage: 'canary', ...percent })) {
    problems.percent = `${service} is held: enter at most ${state.percent}.`;
  }
  if (stage === '' || 'problems' in reason || Object.keys(problems).length > 0) return { problems };
  return {
    order: {
      stage,
      ...reason,
      ...(percent && 'percent' in percent && percent),
      ...(stage === 'retired' && force && { force }),
    },
  };
}
