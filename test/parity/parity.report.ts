import { loadavg } from 'node:os';
import { machine } from '../bench/report/machine.js';
import { spreadOf } from '../bench/report/spread.js';
import type { AlarmFigures } from './parity.alarms.js';
import type { CostPair } from './parity.cost.js';
import type { ParityOptions } from './parity.options.js';

/** The largest allowed median of the ratios of the p99. */
const TARGET_RATIO = 1.05;

/** What the comparing clients add to the delay of deliveries. */
export interface CostRatio {
  /** The delay with comparing clients divided by the delay without, of each pair, in ascending order. */
  ratios: number[];
  median: number;
  /** The smallest and the largest ratio; the median of many pairs is between them with this confidence, in percent. */
  interval: [number, number];
  confidence: number;
}

/** Compares the pairs by the delay that half of the deliveries exceed, or one of a hundred. */
export function ratioOf(pairs: readonly CostPair[], delay: 'p50' | 'p99'): CostRatio {
  const ratios = pairs.map((pair) => pair.with[delay] / pair.without[delay]).sort((a, b) => a - b);
  const { median, min, max } = spreadOf(ratios);
  return {
    ratios,
    median,
    interval: [min, max],
    // The median is outside only when all ratios are on the same side of it.
    confidence: 100 * (1 - 2 * 0.5 ** ratios.length),
  };
}

/** The machine, and how busy it is: the number of processes that want to run, in the last minute. */
export function machineLines(): string[] {
  const { cpu, cores, memory_gb, node, packages } = machine();
  return [
    `${cpu}, ${cores} cores, ${memory_gb} GB, Node ${node}; load average ${loadavg()[0]!.toFixed(1)}`,
    Object.entries(packages)
      .map((entry) => entry.join(' '))
      .join(', '),
  ];
}

/** Formats the state of the first proof in one line. */
export function alarmProgress(
  { matched, mismatches, shed, cutConnections, seconds }: AlarmFigures,
  { events }: ParityOptions,
) {
  return `${seconds.toFixed(0)} s, ${matched} of ${events} events matched, ${mismatches} mismatches, ${shed} not compared, ${cutConnections} connections cut`;
}

/** Lists what speaks against the first proof. */
export function alarmFaults({ matched, mismatches, problems }: AlarmFigures, { events }: ParityOptions): string[] {
  return [
    ...problems,
    ...(mismatches > 0 ? [`${mismatches} false alarms`] : []),
    ...(matched < events ? [`only ${matched} of ${events} events matched`] : []),
  ];
}

/** Formats the result of the first proof. */
export function alarmReport(figures: AlarmFigures, options: ParityOptions): string[] {
  const { cuts, examples, seconds, matched } = figures;
  const { comparisons, rooms, rate, seed } = options;
  return [
    `alarms: ${comparisons} comparisons of ${rooms} rooms on both wires, ${rate} events a second in each, ${cuts} times cut, seed ${seed}`,
    `${alarmProgress(figures, options)}; ${Math.round(matched / Math.max(seconds, 1))} events a second`,
    ...examples.map((mismatch) => `FALSE ALARM: ${JSON.stringify(mismatch)}`),
    ...alarmFaults(figures, options).map((fault) => `PROBLEM: ${fault}`),
  ];
}

/** Formats one pair of measurements. */
export function pairLine({ without, with: withShadow }: CostPair, number: number, { pairs }: ParityOptions): string {
  const text = ({ p50, p99, delivered }: CostPair['with']) =>
    `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (${delivered} deliveries)`;
  const ratio = withShadow.p99 / without.p99;
  return `pair ${number} of ${pairs}: without ${text(without)}, with ${text(withShadow)}; ratio of the p99 ${ratio.toFixed(3)}`;
}

/** Lists what speaks against the second proof. */
export function costFaults(pairs: readonly CostPair[], options: ParityOptions): string[] {
  if (pairs.length < options.pairs) return [`only ${pairs.length} of ${options.pairs} pairs were measured`];
  const { median } = ratioOf(pairs, 'p99');
  const differing = pairs.reduce((sum, pair) => sum + pair.with.mismatches, 0);
  return [
    ...(median < TARGET_RATIO ? [] : [`the median of the ratios is ${median.toFixed(3)}, not below ${TARGET_RATIO}`]),
    ...(pairs.some((pair) => pair.with.matched === 0) ? ['no client has compared in a measurement'] : []),
    ...(differing > 0 ? [`comparing clients found ${differing} false alarms`] : []),
  ];
}

/** Says what the medians alone do not. */
function costNotes(pairs: readonly CostPair[]): string[] {
  const [, high] = ratioOf(pairs, 'p99').interval;
  if (high < TARGET_RATIO) return [];
  return [
    `NOTE: the interval of the p99 goes beyond ${TARGET_RATIO}: the median is below it, and other pairs could differ; more --seconds make the interval narrower`,
  ];
}

/** Formats the result of the second proof. */
export function costReport(pairs: readonly CostPair[], options: ParityOptions): string[] {
  const { clients, sample, rooms, rate, seconds } = options;
  const matched = pairs.reduce((sum, pair) => sum + pair.with.matched, 0);
  const faults = costFaults(pairs, options);
  const ratioText = (delay: 'p50' | 'p99') => {
    const { median, interval, confidence } = ratioOf(pairs, delay);
    const range = interval.map((ratio) => ratio.toFixed(3)).join(' to ');
    return `${delay} with comparing clients: ${median.toFixed(3)} times that without (median of ${pairs.length} pairs; ${confidence.toFixed(1)} % interval ${range}`;
  };
  return [
    `cost: ${clients} clients on the old wire in ${rooms} rooms, ${rate} events a second in each, ${seconds} s for each measurement; ${sample} % compare, and found ${matched} events equal`,
    `${ratioText('p50')})`,
    `${ratioText('p99')}; target below ${TARGET_RATIO})`,
    ...(faults.length === 0 ? costNotes(pairs) : faults.map((fault) => `PROBLEM: ${fault}`)),
  ];
}
