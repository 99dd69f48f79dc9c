import {
  STAGES,
  isPromotion,
  type MigrationAudit,
  type MigrationChange,
  type MigrationState,
} from '@switchyard/contract';
import type { Slo } from '../health/slo.js';

/** Who goes back, in the audit. */
export const ROLLBACK_BY = 'switchyard';
/** How the reason of each automatic rollback begins: later ones, and other processes, know it by that. */
export const ROLLBACK_REASON = 'automatic rollback';

/** Where a service goes back to. */
type WayBack = Pick<MigrationChange, 'stage' | 'percent'>;

type Entry = Pick<MigrationAudit, 'at' | 'by' | 'from' | 'to'>;

/** When this service may go back by itself again, as a Unix time in ms; undefined when it may now. */
export function coolingUntil(entries: readonly Entry[], { cool_down_s }: Slo, now: number): number | undefined {
  const last = entries.find(isRollback);
  const until = last ? Date.parse(last.at) + cool_down_s * 1000 : 0;
  return until > now ? until : undefined;
}

/**
 * Where a service goes back to: to the state before its last promotion, or one stage back; to the old wire where the file
 * says so, or where the service has gone back by itself already and that was not enough.
 *
 * @param entries the service's audit, newest first
 */
export function wayBack({ stage }: MigrationState, entries: readonly Entry[], { back_to }: Slo): WayBack {
  const last = entries.find(hasMoved);
  if (back_to === 'legacy' || (last && isRollback(last))) return { stage: 'legacy' };
  if (last && isPromotion(last.from, last.to)) return settingOf(last.from);
  if (stage === 'canary') return { stage: 'shadow' };
  // How many a canary had is known only where there was one.
  const canary = entries.find(({ from }) => from.stage === 'canary');
  return canary ? settingOf(canary.from) : { stage: STAGES[1] };
}

function isRollback({ by, to }: Entry): boolean {
  return by === ROLLBACK_BY && to.reason.startsWith(ROLLBACK_REASON);
}

/** Whether a change was one of the stage or the percentage, and not only a hold or the brake. */
function hasMoved({ from, to }: Entry): boolean {
  return from.stage !== to.stage || from.percent !== to.percent;
}

function settingOf({ stage, percent }: MigrationState): WayBack {
  return stage === 'canary' ? { stage, percent } : { stage };
}
