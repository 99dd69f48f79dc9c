import { faultKind, type ArmSummary, type Figures } from '@switchyard/contract';

/** The status from which a fault is the server's own. */
const OWN_FAULT = 500;

/** The figures of an arm in short: codes are added up, and histograms left out. */
export function summaryOf({ joins_failed, calls_failed, delivery, reported, ...counts }: Figures): ArmSummary {
  const { joins, joins_recovered, joins_reset, calls } = counts;
  return {
    joins,
    joins_failed: sumOf(joins_failed),
    joins_broken: sumOf(joins_failed, isOwnFault),
    joins_recovered,
    joins_reset,
    calls,
    calls_failed: sumOf(calls_failed),
    calls_broken: sumOf(calls_failed, isOwnFault),
    delivery_p50_ms: delivery.p50_ms,
    delivery_p99_ms: delivery.p99_ms,
    gaps: reported.gaps,
    moves_failed: sumOf(reported.moves_failed),
  };
}

function sumOf(counts: Readonly<Record<string, number>>, isCounted: (code: string) => boolean = () => true): number {
  return Object.entries(counts).reduce((sum, [code, count]) => sum + (isCounted(code) ? count : 0), 0);
}

/** A code that is not known here, such as `other`, is none of the server's own faults. */
function isOwnFault(code: string): boolean {
  return (faultKind(code)?.status ?? 0) >= OWN_FAULT;
}
