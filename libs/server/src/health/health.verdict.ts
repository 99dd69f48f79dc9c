import type { Breach, ServiceHealth } from '@switchyard/contract';
import { binomialTail, fisherTail, rateOf, together, type Share } from './exact.tail.js';
import type { Arm, ArmWindow, FigureWindow } from './figure.window.js';
import { THRESHOLD_NAMES, type Slo, type Threshold, type ThresholdName } from './slo.js';
import { SHARE_MEASURES, classEnd, deliveryP99, slowDeliveries } from './threshold.measures.js';

/** How unlikely two windows have to be by chance; both have to be over the limit as well. */
const ALPHA = 1e-5;
/** How unlikely a single window has to be: it may be a hiccup that is over. */
const ALPHA_ALONE = 1e-10;
/** The share of slow deliveries at the quantile of the threshold. */
const SLOW_SHARE = 0.01;
/** A shorter time is never too long only because the old wire's is shorter still, in ms. */
const MIN_SLOW_MS = 100;
/** Where the old wire's clients have so large a part of the trouble, going back would not end it. */
const SHARED_TROUBLE = 0.5;

/** What two windows say about a service. */
export type Verdict = Pick<ServiceHealth, 'state' | 'breaches' | 'reason'>;

/** What one threshold says. */
type Finding = { breach: Breach } | 'held' | 'shared' | 'too little';

/** A question about a share of the new wire, and the same share of the old one. */
interface Question {
  name: ThresholdName;
  threshold: Threshold;
  /** The least sample. */
  least: number;
  /** The share in the last window and in the one before it. */
  now: Share;
  before: Share | undefined;
  /** The share of the old wire in both windows. */
  legacy: Share;
}

/**
 * Judges the last window together with the one before it, where there is one. A breach is beyond chance by an exact test,
 * and over the limit in both windows, unless one window alone could not be chance in ten thousand million.
 */
export function judge(slo: Slo, now: FigureWindow, before: FigureWindow | undefined): Verdict {
  const findings = THRESHOLD_NAMES.flatMap((name) => {
    const threshold = slo.thresholds[name];
    if (!threshold) return [];
    const least = threshold.min_sample ?? slo.min_sample;
    if (name === 'delivery_p99_ms') return [slowness(threshold, least, now, before)];
    return [judgeShare(questionOf(name, threshold, least, now, before))];
  });
  const breaches = findings.flatMap((finding) => (typeof finding === 'object' ? [finding.breach] : []));
  if (breaches.length > 0) return { state: 'breached', breaches };
  if (findings.includes('shared')) return unknown("the old wire's clients fare no better");
  if (findings.includes('held')) return { state: 'healthy', breaches };
  return unknown(`too little happened: no threshold has its sample, ${slo.min_sample} where it has none of its own`);
}

/** Nothing can be told, for this reason. */
export function unknown(reason: string): Verdict {
  return { state: 'unknown', breaches: [], reason };
}

function questionOf(
  name: keyof typeof SHARE_MEASURES,
  threshold: Threshold,
  least: number,
  now: FigureWindow,
  before: FigureWindow | undefined,
): Question {
  const { share, isLate } = SHARE_MEASURES[name];
  const about = { name, threshold, least };
  const of = (arm: Arm, window: FigureWindow, after?: FigureWindow) => share(window.arms[arm], after?.arms[arm]);
  if (isLate) {
    // What became of the connections of the window before is known only now.
    const nothing = { count: 0, of: 0 };
    if (!before) return { ...about, now: nothing, before: undefined, legacy: nothing };
    return { ...about, now: of('socketio', before, now), before: nothing, legacy: of('legacy', before, now) };
  }
  const legacy = of('legacy', now);
  return {
    ...about,
    now: of('socketio', now),
    before: before && of('socketio', before),
    legacy: before ? together(of('legacy', before), legacy) : legacy,
  };
}

function judgeShare(question: Question): Finding {
  const { threshold, least, legacy } = question;
  const { max, over_legacy } = threshold;
  const isCompared = legacy.of >= least;
  if (over_legacy !== undefined && isCompared) {
    const limit = Math.min(1, rateOf(legacy) + over_legacy);
    const raised = { count: Math.ceil(legacy.count + over_legacy * legacy.of), of: legacy.of };
    const sample = sampleBeyond(question, limit, (share) => fisherTail(share, cappedOf(raised)));
    if (sample) return { breach: shareBreach(question, sample, limit) };
  }
  const sample = max === undefined ? undefined : sampleBeyond(question, max, (share) => binomialTail(share, max));
  if (!sample) return isSampled(question) ? 'held' : 'too little';
  if (isCompared && rateOf(legacy) >= rateOf(sample) * SHARED_TROUBLE) return 'shared';
  return { breach: shareBreach(question, sample, max!) };
}

function isSampled({ least, now, before }: Question): boolean {
  return (before ? together(before, now) : now).of >= least;
}

/** The sample that is over the limit beyond chance; undefined when none is. */
function sampleBeyond(question: Question, limit: number, chance: (share: Share) => number): Share | undefined {
  const { name, least, now, before } = question;
  const isOver = (share: Share) => rateOf(share) > limit;
  if (name === 'connections_lost') {
    return now.of >= least && isOver(now) && chance(now) < ALPHA ? now : undefined;
  }
  const isFast = name !== 'delivery_p99_ms';
  if (isFast && now.of >= least && isOver(now) && chance(now) < ALPHA_ALONE) return now;
  if (!before || !isOver(now) || !isOver(before)) return undefined;
  const both = together(before, now);
  return both.of >= least && chance(both) < ALPHA ? both : undefined;
}

function shareBreach({ name, legacy, least }: Question, sample: Share, limit: number): Breach {
  const { what, bad } = SHARE_MEASURES[name as keyof typeof SHARE_MEASURES];
  const old = legacy.of >= least ? rateOf(legacy) : undefined;
  const compared = old === undefined ? '' : `, ${percent(old)} on the old one`;
  return {
    threshold: name,
    observed: rateOf(sample),
    limit,
    ...(old !== undefined && { legacy: old }),
    sample: sample.of,
    text: `${percent(rateOf(sample))} of ${sample.of} ${what} ${bad} on the new wire, more than ${percent(limit)}${compared}`,
  };
}

/** Judges how long deliveries take: more than one in a hundred over the limit, in both windows and beyond chance. */
function slowness(threshold: Threshold, least: number, now: FigureWindow, before: FigureWindow | undefined): Finding {
  const windows = before ? [before, now] : [now];
  const arms = (arm: Arm): ArmWindow[] => windows.map((window) => window.arms[arm]);
  const sumOf = (arm: Arm, limit_ms: number) =>
    arms(arm).reduce((sum, window) => together(sum, slowDeliveries(window, limit_ms)), { count: 0, of: 0 });
  const old = sumOf('legacy', 0).of >= least ? deliveryP99(arms('legacy')) : null;
  const { max, over_legacy } = threshold;
  const compared = over_legacy !== undefined && old !== null ? Math.max(MIN_SLOW_MS, old * over_legacy) : undefined;
  for (const limit of [compared, max]) {
    if (limit === undefined) continue;
    const limit_ms = classEnd(limit);
    const question = questionOfSlow(threshold, least, limit_ms, now, before);
    const sample = sampleBeyond(question, SLOW_SHARE, (share) => binomialTail(share, SLOW_SHARE));
    if (!sample) continue;
    const shared = old !== null && rateOf(sumOf('legacy', limit_ms)) >= rateOf(sample) * SHARED_TROUBLE;
    if (shared) return 'shared';
    return { breach: slowBreach(sample, limit_ms, deliveryP99(arms('socketio'))!, old) };
  }
  return sumOf('socketio', 0).of >= least ? 'held' : 'too little';
}

function questionOfSlow(
  threshold: Threshold,
  least: number,
  limit_ms: number,
  now: FigureWindow,
  before: FigureWindow | undefined,
): Question {
  const of = (window: FigureWindow) => slowDeliveries(window.arms.socketio, limit_ms);
  const legacy = { count: 0, of: 0 };
  return { name: 'delivery_p99_ms', threshold, least, now: of(now), before: before && of(before), legacy };
}

function slowBreach({ of }: Share, limit: number, observed: number, old: number | null): Breach {
  const compared = old === null ? '' : `, ${old} ms on the old one`;
  const text = `99 of 100 of ${of} deliveries took up to ${observed} ms on the new wire, more than ${limit} ms${compared}`;
  return {
    threshold: 'delivery_p99_ms',
    observed,
    limit,
    ...(old !== null && { legacy: old }),
    sample: of,
    text,
  };
}

function cappedOf({ count, of }: Share): Share {
  return { count: Math.min(count, of), of };
}

function percent(rate: number): string {
  return `${Number((rate * 100).toPrecision(2))} %`;
}
