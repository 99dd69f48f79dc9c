import type { Breach } from '@switchyard/contract';
import { binomialTail, fisherTail, rateOf } from './exact.tail.js';
import { independentOf, sampleOf, type Sample } from './share.sample.js';
import type { ThresholdName } from './slo.js';
import { SHARE_MEASURES, type ShareMeasure } from './threshold.measures.js';
import {
  SHARED_TROUBLE,
  heldOrLittle,
  questionOf,
  questionOnce,
  sampleBeyond,
  windowsOf,
  type Asked,
  type Finding,
  type Question,
} from './threshold.question.js';

/** A threshold on a share of what happened. */
interface AskedShare extends Asked {
  name: Exclude<ThresholdName, 'delivery_p99_ms'>;
}

/** Judges a share of the new wire against the limit, and against the same share of the old wire. */
export function judgeShare(asked: AskedShare): Finding {
  const { threshold, least, name } = asked;
  const measure = SHARE_MEASURES[name];
  const { question, legacy } = measure.isLate ? lateQuestion(asked, measure) : promptQuestion(asked, measure);
  const { max, over_legacy } = threshold;
  const isCompared = legacy.of >= least;
  const found = (sample: Sample, limit: number): Finding => ({
    breach: breachOf(asked, sample, limit, isCompared ? rateOf(legacy) : undefined),
  });
  if (over_legacy !== undefined && isCompared) {
    const limit = Math.min(1, rateOf(legacy) + over_legacy);
    const count = Math.min(legacy.of, Math.ceil(legacy.count + over_legacy * legacy.of));
    const raised = independentOf({ ...legacy, count });
    const sample = sampleBeyond(question, limit, (share) => fisherTail(share, raised));
    if (sample) return found(sample, limit);
  }
  const sample = max === undefined ? undefined : sampleBeyond(question, max, (share) => binomialTail(share, max));
  if (!sample) return heldOrLittle(asked, question.now.of + (question.before?.of ?? 0), measure.what);
  if (isCompared && rateOf(legacy) >= rateOf(sample) * SHARED_TROUBLE) return 'shared';
  return found(sample, max!);
}

function promptQuestion(asked: Asked, { share }: ShareMeasure): { question: Question; legacy: Sample } {
  return { question: questionOf(asked, share), legacy: sampleOf(windowsOf(asked, 'legacy'), share) };
}

/** What became of the window before is known only now. */
function lateQuestion({ least, now, before }: Asked, { share }: ShareMeasure): { question: Question; legacy: Sample } {
  const nothing = { count: 0, of: 0 };
  return {
    question: questionOnce(least, before ? share(before.arms.socketio, now.arms.socketio) : nothing),
    legacy: { ...(before ? share(before.arms.legacy, now.arms.legacy) : nothing), parts: [] },
  };
}

function breachOf({ name }: AskedShare, sample: Sample, limit: number, legacy: number | undefined): Breach {
  const { what, bad } = SHARE_MEASURES[name];
  const compared = legacy === undefined ? '' : `, ${percent(legacy)} on the old one`;
  return {
    threshold: name,
    observed: rateOf(sample),
    limit,
    ...(legacy !== undefined && { legacy }),
    sample: sample.of,
    text: `${percent(rateOf(sample))} of ${sample.of} ${what} ${bad} on the new wire, more than ${percent(limit)}${compared}`,
  };
}

function percent(rate: number): string {
  return `${Number((rate * 100).toPrecision(2))} %`;
}
