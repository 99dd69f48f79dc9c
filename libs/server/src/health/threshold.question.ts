import type { Breach } from '@switchyard/contract';
import { rateOf, type Share } from './exact.tail.js';
import type { Arm, ArmWindow, FigureWindow } from './figure.window.js';
import { independentOf, joined, sampleOf, type Sample } from './share.sample.js';
import type { Threshold, ThresholdName } from './slo.js';

/** How unlikely two windows have to be by chance; both have to be over the limit as well. */
const ALPHA = 1e-4;
/** How unlikely a single window has to be: it may be a hiccup that is over. */
const ALPHA_ALONE = 1e-10;
/** The same for a long window, which is judged again and again, and for connections, which are lost once. */
const ALPHA_ONCE = 1e-6;

/** Where the old wire's clients have so large a part of the trouble, going back would not end it. */
export const SHARED_TROUBLE = 0.5;

/** A threshold, and the windows that it is about. */
export interface Asked {
  name: ThresholdName;
  threshold: Threshold;
  /** The least sample. */
  least: number;
  now: FigureWindow;
  before?: FigureWindow;
  /** Whether `now` is a long window, which stands for itself. */
  isLong?: boolean;
}

/** A sample that is too small. */
export interface TooLittle {
  /** What is counted. */
  what: string;
  has: number;
  needs: number;
  /** The time of the windows together, in s. */
  over_s: number;
}

/** What one threshold says. */
export type Finding = { breach: Breach } | { little: TooLittle } | 'held' | 'shared';

/** A question about a share of the new wire. */
export interface Question {
  least: number;
  /** The share in the last window and in the one before it. */
  now: Sample;
  before: Sample | undefined;
  /** How unlikely the last window alone has to be by chance; undefined when it is not enough. */
  alone: number | undefined;
}

/** The windows of one arm, the earlier one first. */
export function windowsOf({ now, before }: Asked, arm: Arm): ArmWindow[] {
  return [...(before ? [before.arms[arm]] : []), now.arms[arm]];
}

/** The question about a share that is known at the end of a window. */
export function questionOf(asked: Asked, share: (window: ArmWindow) => Share): Question {
  const { least, now, before, isLong, name } = asked;
  const of = (window: FigureWindow) => sampleOf([window.arms.socketio], share);
  // One pause of a process makes many deliveries slow at once.
  const alone = isLong ? ALPHA_ONCE : name === 'delivery_p99_ms' ? undefined : ALPHA_ALONE;
  return { least, now: of(now), before: before && of(before), alone };
}

/** The question about a share of which each one counts: everybody loses the connection at the same time. */
export function questionOnce(least: number, now: Share): Question {
  return { least, now: { ...now, parts: [] }, before: undefined, alone: ALPHA_ONCE };
}

/** The sample of a question that is over the limit beyond chance; undefined when none is. */
export function sampleBeyond(
  { least, now, before, alone }: Question,
  limit: number,
  chance: (share: Share) => number,
): Sample | undefined {
  const isOver = (share: Share) => rateOf(share) > limit;
  const isBeyond = (sample: Sample, alpha: number) => sample.of >= least && chance(independentOf(sample)) < alpha;
  if (!isOver(now)) return undefined;
  if (alone !== undefined && isBeyond(now, alone)) return now;
  if (!before || !isOver(before)) return undefined;
  const both = joined(before, now);
  return isBeyond(both, ALPHA) ? both : undefined;
}

/** Whether the sample is large enough, or how much is missing. */
export function heldOrLittle(asked: Asked, has: number, what: string): Finding {
  const { least, now, before } = asked;
  if (has >= least) return 'held';
  return { little: { what, has, needs: least, over_s: Math.round((now.ended - (before ?? now).began) / 1000) } };
}
