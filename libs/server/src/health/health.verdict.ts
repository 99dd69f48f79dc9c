import type { ServiceHealth } from '@switchyard/contract';
import { judgeDeliveries } from './delivery.judgement.js';
import type { FigureWindow } from './figure.window.js';
import { judgeShare } from './share.judgement.js';
import { THRESHOLD_NAMES, type Slo, type Threshold, type ThresholdName } from './slo.js';
import { SHARE_MEASURES } from './threshold.measures.js';
import type { Asked, Finding, TooLittle } from './threshold.question.js';

/** The last window and the one before it, where there are such. */
interface LastWindows {
  now?: FigureWindow;
  before?: FigureWindow;
}

/** The windows by which a service is judged. */
interface JudgedWindows {
  /** Those in which clients had moved after the last change. */
  settled: LastWindows;
  /** Those since the last change: a lost connection is lost while others move, too. */
  recent: LastWindows;
  /** Everything since clients had moved, for an hour at most, for what happens too rarely for two windows. */
  long?: FigureWindow | undefined;
}

/** What the windows say about a service. */
export type Verdict = Pick<ServiceHealth, 'state' | 'breaches' | 'reason' | 'sample'>;

/**
 * Judges the last window together with the one before it, where there is one. A breach is beyond chance by an exact test,
 * and over the limit in both windows, unless one window alone could not be chance in ten thousand million.
 */
export function judge(slo: Slo, windows: JudgedWindows): Verdict {
  const findings = THRESHOLD_NAMES.flatMap((name) => {
    const threshold = slo.thresholds[name];
    return threshold ? findingsOf(name, threshold, threshold.min_sample ?? slo.min_sample, windows) : [];
  });
  const breaches = findings.flatMap((finding) => (isBreach(finding) ? [finding.breach] : []));
  if (breaches.length > 0) return { state: 'breached', breaches };
  if (!windows.settled.now) return unknown('no whole window has passed since the last change');
  if (findings.includes('shared')) return unknown("the old wire's clients fare no better");
  if (findings.includes('held')) return { state: 'healthy', breaches };
  const littles = findings.flatMap((finding) => (isLittle(finding) ? [finding.little] : []));
  const [nearest] = littles.sort((a, b) => b.has / b.needs - a.has / a.needs);
  return nearest ? tooLittle(nearest) : unknown('no thresholds are declared');
}

/** Nothing can be told, for this reason. */
export function unknown(reason: string): Verdict {
  return { state: 'unknown', breaches: [], reason };
}

function tooLittle({ what, has, needs, over_s }: TooLittle): Verdict {
  const time = over_s < 120 ? `${over_s} s` : `${Math.round(over_s / 60)} min`;
  const sample = { what, has, needs, over_s };
  return { ...unknown(`too little happened: ${has} of ${needs} ${what} in the last ${time}`), sample };
}

/** What one threshold says; nothing when it has no window. */
function findingsOf(name: ThresholdName, threshold: Threshold, least: number, windows: JudgedWindows): Finding[] {
  const about = { name, threshold, least };
  const isLate = name !== 'delivery_p99_ms' && SHARE_MEASURES[name].isLate;
  const { now, before } = isLate ? windows.recent : windows.settled;
  if (!now) return [];
  const finding = judgeOne({ ...about, now, ...(before && { before }) });
  const { long } = windows;
  return [isLittle(finding) && long && !isLate ? judgeOne({ ...about, now: long, isLong: true }) : finding];
}

function judgeOne(asked: Asked): Finding {
  const { name } = asked;
  return name === 'delivery_p99_ms' ? judgeDeliveries(asked) : judgeShare({ ...asked, name });
}

function isBreach(finding: Finding) {
  return typeof finding === 'object' && 'breach' in finding;
}

function isLittle(finding: Finding) {
  return typeof finding === 'object' && 'little' in finding;
}
