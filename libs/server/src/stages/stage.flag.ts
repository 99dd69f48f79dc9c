import { STAGES, type Stage, type Wire } from '@switchyard/contract';

/** The part of flagd's flag definition that a migration flag uses. */
export interface MigrationFlag {
  state: 'ENABLED';
  variants: Record<Wire, Wire>;
  defaultVariant: Wire;
  targeting?: object;
  metadata: { stage: Stage; percent?: number };
}

/** What a flag says in migration terms. */
export interface StageSetting {
  stage: Stage;
  percent: number;
}

const VARIANTS: Record<Wire, Wire> = { legacy: 'legacy', socketio: 'socketio' };

/** flagd takes whole weights only, and puts nobody anywhere for others: so finely can a percentage be set. */
const WEIGHTS_OF_ONE_PERCENT = 1000;

/** Whether `value` is the name of a stage. */
function isStage(value: unknown): value is Stage {
  return STAGES.includes(value as Stage);
}

/**
 * The flagd flag for a stage. In `canary` flagd's `fractional` puts each key into a bucket that does not depend on the
 * percentage, so a client is sticky and raising the percentage only ever adds clients.
 */
export function flagFor({ stage, percent }: StageSetting): MigrationFlag {
  const defaultVariant: Wire = stage === 'socketio' || stage === 'retired' ? 'socketio' : 'legacy';
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
 * The stage a flag of the flag file says it has.
 *
 * @throws TypeError naming the flag when its metadata is not that of a migration flag
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
