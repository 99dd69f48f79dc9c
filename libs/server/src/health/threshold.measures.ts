import { LATENCY_MS, faultKind } from '@switchyard/contract';
import { latencyOf } from '../figures/figure.sum.js';
import type { Share } from './exact.tail.js';
import type { ArmWindow } from './figure.window.js';
import type { ThresholdName } from './slo.js';

/** A threshold on a share of what happened. */
export interface ShareMeasure {
  /** The share of one arm in a window; `after` is the window after it, where a measure looks further. */
  share(window: ArmWindow, after?: ArmWindow): Share;
  /** What is counted, and what of it is bad: "12 of 300 `what` `bad`". */
  what: string;
  bad: string;
  /** Whether the measure looks at a window once the next one has shown what came of it. */
  isLate?: true;
}

/** Failures of the server that are no fault of a wire: going back to another one mends none of them. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'service.draining',
  'store.unavailable',
  'store.stopped',
  'upstream.unavailable',
]);

/** The measures of shares, by the names of their thresholds. */
export const SHARE_MEASURES: Record<Exclude<ThresholdName, 'delivery_p99_ms'>, ShareMeasure> = {
  joins_failed: {
    share: ({ figures }) => failuresAmong(figures?.joins ?? 0, figures?.joins_failed ?? {}),
    what: 'joins',
    bad: 'failed',
  },
  calls_failed: {
    share: ({ figures }) => failuresAmong(figures?.calls ?? 0, figures?.calls_failed ?? {}),
    what: 'calls',
    bad: 'failed',
  },
  resets: {
    share: ({ figures }) => {
      const { joins_reset = 0, joins_recovered = 0 } = figures ?? {};
      return { count: joins_reset, of: joins_reset + joins_recovered };
    },
    what: 'joins with a position',
    bad: 'needed a snapshot',
  },
  connections_lost: {
    // A client that was lost and has come back needs no help: one that comes back stands for one that was lost before.
    share: ({ open, parts }, after) => {
      let now = open;
      let most = open;
      let missing = 0;
      for (const { figures } of parts) {
        const { connections = 0, connections_lost = 0 } = figures ?? {};
        missing = Math.max(0, missing + connections_lost - connections);
        now += connections - connections_lost;
        most = Math.max(most, now);
      }
      return { count: Math.min(most, Math.max(0, missing - (after?.figures?.connections ?? 0))), of: most };
    },
    what: 'connections',
    bad: 'were lost and did not come back',
    isLate: true,
  },
  fallbacks: {
    share: ({ figures, fallbackJoins }) => ({ count: fallbackJoins, of: figures?.joins ?? 0 }),
    what: 'joins',
    bad: 'were made on a fallback',
  },
};

/** The deliveries that took longer than `limit_ms`, which should be the end of a class of `LATENCY_MS`. */
export function slowDeliveries({ figures }: ArmWindow, limit_ms: number): Share {
  const { classes = [], count: of = 0 } = figures?.delivery ?? {};
  const count = classes.reduce((sum, each, index) => (LATENCY_MS[index]! > limit_ms ? sum + each : sum), 0);
  return { count, of };
}

/** The time within which 99 of 100 deliveries of these windows were made, in ms; null without any. */
export function deliveryP99(windows: readonly ArmWindow[]): number | null {
  const classes = LATENCY_MS.map((_, index) =>
    windows.reduce((sum, { figures }) => sum + (figures?.delivery.classes[index] ?? 0), 0),
  );
  return latencyOf(classes).p99_ms;
}

/** The end of the class in which a time is counted, in ms. */
export function classEnd(ms: number): number {
  return LATENCY_MS.find((end) => end >= ms) ?? LATENCY_MS.at(-1)!;
}

function failuresAmong(succeeded: number, codes: Readonly<Record<string, number>>): Share {
  const failures = Object.entries(codes).filter(([code]) => isFailure(code));
  const count = failures.reduce((sum, [, each]) => sum + each, 0);
  return { count, of: succeeded + count };
}

/** Whether a code is a failure of the server that another wire might not have. */
function isFailure(code: string): boolean {
  return (faultKind(code)?.status ?? 0) >= 500 && !ELSEWHERE.has(code);
}
