import { STAGES, type Stage, type WireName } from '@switchyard/contract';

/** The part of a flagd definition that a migration flag uses. */
export interface MigrationFlag {
  state: 'ENABLED';
  variants: Record<WireName, WireName>;
  defaultVariant: WireName;
  targeting?: object;
  metadata: { stage: Stage; percent?: number };
}

/** The stage and percentage that a flag stands for. */
export interface StageSetting {
  stage: Stage;
  percent: number;
}

const VARIANTS: Record<WireName, WireName> = { legacy: 'legacy', socketio: 'socketio' };

/** flagd accepts whole weights only, so this is the precision of a percentage. */
const WEIGHTS_OF_ONE_PERCENT = 1000;

/** Whether `value` is the name of a stage. */
function isStage(value: unknown): value is Stage {
  return STAGES.includes(value as Stage);
}

/**
 * Makes the flagd flag of a stage. In `canary`, flagd's `fractional` assigns each key a bucket that does not depend on the
 * percentage, so each client keeps its wire and a higher percentage only adds clients.
 */
export function flagFor({ stage, percent }: StageSetting): MigrationFlag {
  const defaultVariant: WireName = stage === 'socketio' || stage === 'retired' ? 'socketio' : 'legacy';
  const metadata = stage === 'canary' ? { stage, percent } : { stage };
  const flag: MigrationFlag = { state: 'ENABLED', variants: VARIANTS, defaultVariant, metadata };
  if (stage !== 'canary') return flag;
  const weight = Math.round(percent * WEIGHTS_OF_ONE_PERCENT);
  const rest = 100 * WEIGHTS_OF_ONE_PERCENT - weight;
  return {
    ...flag,
    targeting: {
      fractional: [
        ['socketio', weight],
        ['legacy', rest],
      ],
    },
  };
}

/**
 * Reads the stage from a flag of the flag file.
 *
 * @throws TypeError that names the flag when it has no migration metadata
 */
export function settingOf(name: string, flag: unknown): StageSetting {
  const metadata = (flag as { metadata?: { stage?: unknown; percent?: unknown } } | null)?.metadata;
  const stage = metadata?.stage;
  if (!isStage(stage)) {
    throw new TypeError(`unable to read the flag ${name}; metadata.stage must be one of ${STAGES.join(', ')}`);
  }
  const percent = stage === 'canary' ? metadata?.percent : stage === 'socketio' || stage === 'retired' ? 100 : 0;
  if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100)) {
    throw new TypeError(`unable to read the flag ${name}; metadata.percent must be a number from 0 to 100 in canary`);
  }
  return { stage, percent };
}
