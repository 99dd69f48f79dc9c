import { LATENCY_MS } from '@switchyard/contract';
import { MAX_COUNTER_NAME } from '../store/series.store.js';
import { counterPrefix, counterSuffix } from './counter.name.js';

/** How many codes of refusals are counted apart, for each figure. */
const MAX_CODES = 100;
/** Stands for codes that are too long, or too many. */
const OTHER = 'other';
const MAX_CODE_LENGTH = 60;

/** What happened on one wire, for the clients of one arm, since it was last read. */
export class WireCounters {
  joins = 0;
  recovered = 0;
  reset = 0;
  calls = 0;
  deliveries = 0;
  private readonly delays = new Uint32Array(LATENCY_MS.length);
  private readonly failedJoins = new Map<string, number>();
  private readonly failedCalls = new Map<string, number>();
  private readonly prefix: string;

  constructor(wire: string, arm: string) {
    this.prefix = counterPrefix(wire, arm);
  }

  joinFailed(code: string): void {
    countCode(this.failedJoins, code);
  }

  callFailed(code: string): void {
    countCode(this.failedCalls, code);
  }

  /** Counts an event that was written to `members` members, `ms` after it was appended where that is known. */
  delivered(members: number, ms: number | undefined): void {
    this.deliveries += members;
    if (ms !== undefined) this.delays[latencyClass(ms)]! += 1;
  }

  /** Moves everything that was counted into `counts`, and begins at 0 again. */
  drainInto(counts: Map<string, number>): void {
    const move = (count: number, figure: string, detail?: string | number) => {
      if (count === 0) return;
      const name = this.prefix + counterSuffix(figure, detail);
      if (name.length <= MAX_COUNTER_NAME) counts.set(name, (counts.get(name) ?? 0) + count);
    };
    move(this.joins, 'joins');
    move(this.recovered, 'joins_recovered');
    move(this.reset, 'joins_reset');
    move(this.calls, 'calls');
    move(this.deliveries, 'deliveries');
    for (const [code, count] of this.failedJoins) move(count, 'joins_failed', code);
    for (const [code, count] of this.failedCalls) move(count, 'calls_failed', code);
    this.delays.forEach((count, index) => move(count, 'delivery', LATENCY_MS[index]));
    this.joins = this.recovered = this.reset = this.calls = this.deliveries = 0;
    this.failedJoins.clear();
    this.failedCalls.clear();
    this.delays.fill(0);
  }
}

/** The index in `LATENCY_MS` of the class of a duration. */
export function latencyClass(ms: number): number {
  const index = LATENCY_MS.findIndex((end) => ms <= end);
  return index < 0 ? LATENCY_MS.length - 1 : index;
}

function countCode(counts: Map<string, number>, code: string): void {
  const isApart = counts.has(code) || (counts.size < MAX_CODES && code.length <= MAX_CODE_LENGTH);
  const name = isApart ? code : OTHER;
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
