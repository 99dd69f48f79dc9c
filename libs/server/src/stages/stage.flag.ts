import { STAGES, type MigrationState, type Stage, type WireName } from '@switchyard/contract';
import { shareOf, withShare } from './flag.share.js';

/** A flag in flagd's schema, as far as migrations use it. */
export interface FlagDefinition {
  state: string;
  variants: Record<string, unknown>;
  defaultVariant?: string | null;
  targeting?: object;
  metadata?: Record<string, unknown>;
}

/** The stage and percentage that a flag stands for. */
export type StageSetting = Pick<MigrationState, 'stage' | 'percent'>;

const VARIANTS: Record<WireName, WireName> = { legacy: 'legacy', socketio: 'socketio' };

/** Whether `value` is the name of a stage. */
function isStage(value: unknown): value is Stage {
  return STAGES.includes(value as Stage);
}

/** The percentage of a stage that is not `canary`. */
export function fixedPercent(stage: Stage): number {
  return stage === 'socketio' || stage === 'retired' ? 100 : 0;
}

/**
 * Makes the flagd flag of a state. In `canary` the team's own flag is evaluated, if there is one; at any other stage
 * everybody has the same wire.
 */
export function flagFor(setting: StageSetting & { definition?: FlagDefinition }): FlagDefinition {
  const { stage, percent, definition } = setting;
  if (stage !== 'canary') {
    const defaultVariant: WireName = fixedPercent(stage) === 100 ? 'socketio' : 'legacy';
    return { state: 'ENABLED', variants: VARIANTS, defaultVariant, metadata: { stage } };
  }
  const flag = definition ?? withPercent(undefined, percent);
  return { ...flag, metadata: { ...flag.metadata, stage, percent } };
}

/**
 * Gives a canary's flag another percentage and keeps its rules: each `fractional` between the two wires gets new weights.
 * Where there is none, those whom no rule names are divided.
 *
 * flagd assigns each key a bucket that does not depend on the weights, so each client keeps its wire and a higher
 * percentage only adds clients.
 */
export function withPercent(definition: FlagDefinition | undefined, percent: number): FlagDefinition {
  const variants = { ...definition?.variants, ...VARIANTS };
  const base: FlagDefinition = { ...definition, state: 'ENABLED', variants };
  // At another stage the default says which wire everybody has; a canary must not give it to those whom no rule names.
  if (definition?.metadata?.stage !== 'canary') base.defaultVariant = 'legacy';
  const targeting = withShare(base.targeting, variants, percent);
  if (targeting.found) return { ...base, targeting: targeting.rules };
  const share = shareOf(percent);
  // `or` answers what the team's rules answer, or else the share.
  return { ...base, targeting: base.targeting ? { or: [base.targeting, share] } : share };
}

/** The stage that a flag of the flag file stands for. @throws TypeError that names the flag when it has no migration metadata */
export function settingOf(name: string, flag: unknown): StageSetting {
  const metadata = (flag as Partial<FlagDefinition> | null)?.metadata;
  const stage = metadata?.stage;
  if (!isStage(stage)) {
    throw new TypeError(`unable to read the flag ${name}; metadata.stage must be one of ${STAGES.join(', ')}`);
  }
  const percent = stage === 'canary' ? metadata?.percent : fixedPercent(stage);
  if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100)) {
    throw new TypeError(`unable to read the flag ${name}; metadata.percent must be a number from 0 to 100 in canary`);
  }
  return { stage, percent };
}
