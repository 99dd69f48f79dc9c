import { LATENCY_MS, REPORTED, type Figures, type Latency, type ReportedFigures } from '@switchyard/contract';
import { parseCounterName, reportedAs } from '../counters/counter.name.js';

type Counts = Readonly<Record<string, number>>;
type CountName = { [K in keyof Figures]: Figures[K] extends number ? K : never }[keyof Figures];
type CodesName = { [K in keyof Figures]: Figures[K] extends Record<string, number> ? K : never }[keyof Figures];

const COUNTS: readonly CountName[] = [
  'connections',
  'connections_lost',
  'joins',
  'joins_recovered',
  'joins_reset',
  'calls',
  'deliveries',
  'bytes',
];
const CODES: readonly CodesName[] = ['joins_failed', 'calls_failed'];

/** Adds up counters of one wire or arm to figures. */
class FigureSum {
  private readonly counts = new Map<string, number>();
  private readonly details = new Map<string, Map<string, number>>();

  /** Adds one counter. */
  add(figure: string, detail: string, count: number): void {
    if (detail === '') return void this.counts.set(figure, (this.counts.get(figure) ?? 0) + count);
    let counts = this.details.get(figure);
    if (!counts) this.details.set(figure, (counts = new Map<string, number>()));
    counts.set(detail, (counts.get(detail) ?? 0) + count);
  }

  /** The figures. */
  read(): Figures {
    return {
      ...fieldsOf(COUNTS, (name) => this.count(name)),
      ...fieldsOf(CODES, (name) => this.codes(name)),
      delivery: this.latency('delivery'),
      reported: this.reported(),
    };
  }

  private reported(): ReportedFigures {
    const counts = fieldsOf(REPORTED, (name) => this.count(reportedAs(name)));
    const arrival = this.latency(reportedAs('arrival'));
    return { ...counts, moves_failed: this.codes(reportedAs('moves_failed')), arrival };
  }

  private count(figure: string): number {
    return this.counts.get(figure) ?? 0;
  }

  private codes(figure: string): Record<string, number> {
    return Object.fromEntries(this.details.get(figure) ?? []);
  }

  private latency(figure: string): Latency {
    const classes = LATENCY_MS.map((end) => this.details.get(figure)?.get(String(end)) ?? 0);
    return latencyOf(classes);
  }
}

/** A histogram in the classes of `LATENCY_MS`, with its quantiles. */
export function latencyOf(classes: number[]): Latency {
  const count = classes.reduce((sum, each) => sum + each, 0);
  return { count, p50_ms: quantile(classes, count, 0.5), p99_ms: quantile(classes, count, 0.99), classes };
}

function quantile(classes: readonly number[], count: number, share: number): number | null {
  if (count === 0) return null;
  let seen = 0;
  const index = classes.findIndex((each) => (seen += each) >= count * share);
  return LATENCY_MS[index]!;
}

function fieldsOf<K extends string, V>(names: readonly K[], value: (name: K) => V): Record<K, V> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<K, V>;
}

/** Adds up counters by one part of their names; those in which it is empty are left out. */
export function sumBy(part: 'wire' | 'arm', all: readonly Counts[]): Record<string, Figures> {
  const sums = new Map<string, FigureSum>();
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) {
      const { [part]: key, figure, detail } = parseCounterName(name);
      if (key === '') continue;
      let sum = sums.get(key);
      if (!sum) sums.set(key, (sum = new FigureSum()));
      sum.add(figure, detail, count);
    }
  }
  return Object.fromEntries([...sums].map(([key, sum]) => [key, sum.read()]));
}
