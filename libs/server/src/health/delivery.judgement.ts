import type { Breach } from '@switchyard/contract';
import { binomialTail, rateOf } from './exact.tail.js';
import type { ArmWindow } from './figure.window.js';
import { sampleOf } from './share.sample.js';
import { classEnd, deliveryP99, slowDeliveries } from './threshold.measures.js';
import {
  SHARED_TROUBLE,
  heldOrLittle,
  questionOf,
  sampleBeyond,
  windowsOf,
  type Asked,
  type Finding,
} from './threshold.question.js';

/** The share of slow deliveries at the quantile of the threshold. */
const SLOW_SHARE = 0.01;
/** A shorter time is never too long only because the old wire's is shorter still, in ms. */
const MIN_SLOW_MS = 100;

/** Judges how long deliveries take: more than one in a hundred over the limit, beyond chance. */
export function judgeDeliveries(asked: Asked): Finding {
  const { max, over_legacy } = asked.threshold;
  const legacy = windowsOf(asked, 'legacy');
  const old = sampleOf(legacy, slowerThan(0)).of >= asked.least ? deliveryP99(legacy) : null;
  const compared = over_legacy !== undefined && old !== null ? Math.max(MIN_SLOW_MS, old * over_legacy) : undefined;
  for (const limit of [compared, max]) {
    if (limit === undefined) continue;
    const limit_ms = classEnd(limit);
    const isSlow = slowerThan(limit_ms);
    const sample = sampleBeyond(questionOf(asked, isSlow), SLOW_SHARE, (share) => binomialTail(share, SLOW_SHARE));
    if (!sample) continue;
    if (old !== null && rateOf(sampleOf(legacy, isSlow)) >= rateOf(sample) * SHARED_TROUBLE) return 'shared';
    return { breach: breachOf(sample.of, limit_ms, deliveryP99(windowsOf(asked, 'socketio'))!, old) };
  }
  return heldOrLittle(asked, sampleOf(windowsOf(asked, 'socketio'), slowerThan(0)).of, 'deliveries');
}

function slowerThan(limit_ms: number) {
  return (window: ArmWindow) => slowDeliveries(window, limit_ms);
}

function breachOf(sample: number, limit: number, observed: number, old: number | null): Breach {
  const compared = old === null ? '' : `, ${old} ms on the old one`;
  const text = `99 of 100 of ${sample} deliveries took up to ${observed} ms on the new wire, more than ${limit} ms${compared}`;
  return {
    threshold: 'delivery_p99_ms',
    observed,
    limit,
    ...(old !== null && { legacy: old }),
    sample,
    text,
  };
}
