import { LATENCY_MS, type ReportedFigure } from '@switchyard/contract';
import { MAX_COUNTER_NAME } from '../store/series.store.js';
import { counterPrefix, counterSuffix, reportedAs } from './counter.name.js';

/** How many codes of refusals are counted apart, for each figure. */
const MAX_CODES = 100;
/** Stands for codes that are not counted apart. */
export const OTHER_CODE = 'other';
const MAX_CODE_LENGTH = 60;

/** One count that a client has reported, with a code where the figure has codes. */
export interface ReportedCount {
  figure: ReportedFigure;
  count: number;
  code?: string;
}

/** What happened on one wire, for the clients of one arm, since it was last read. */
export class WireCounters {
  connections = 0;
  lost = 0;
  joins = 0;
  recovered = 0;
  reset = 0;
  calls = 0;
  private deliveries = 0;
  private bytes = 0;
  private readonly delays = new Uint32Array(LATENCY_MS.length);
  private readonly arrivals = new Uint32Array(LATENCY_MS.length);
  private readonly failedJoins = new Map<string, number>();
  private readonly failedCalls = new Map<string, number>();
  private readonly failedMoves = new Map<string, number>();
  private readonly reports = new Map<ReportedFigure, number>();
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

  /** Counts an event that was written to `members` members in so many bytes, `ms` after its append if that is known. */
  delivered(members: number, bytes: number, ms: number | undefined): void {
    this.deliveries += members;
    this.bytes += bytes;
    if (ms !== undefined) this.delays[latencyClass(ms)]! += 1;
  }

  /** Counts what a client has reported. */
  reported({ figure, count, code }: ReportedCount): void {
    if (code !== undefined) countCode(this.failedMoves, code, count);
    else this.reports.set(figure, (this.reports.get(figure) ?? 0) + count);
  }

  /** Counts an event that has arrived `ms` after it was appended. */
  arrived(ms: number): void {
    this.arrivals[latencyClass(ms)]! += 1;
  }

  /** Moves everything that was counted into `counts`, and begins at 0 again. */
  drainInto(counts: Map<string, number>): void {
    const move = (count: number, figure: string, detail?: string | number) => {
      if (count === 0) return;
      const name = this.prefix + counterSuffix(figure, detail);
      if (name.length <= MAX_COUNTER_NAME) counts.set(name, (counts.get(name) ?? 0) + count);
    };
    move(this.connections, 'connections');
    move(this.lost, 'connections_lost');
    move(this.joins, 'joins');
    move(this.recovered, 'joins_recovered');
    move(this.reset, 'joins_reset');
    move(this.calls, 'calls');
    move(this.deliveries, 'deliveries');
    move(this.bytes, 'bytes');
    for (const [code, count] of this.failedJoins) move(count, 'joins_failed', code);
    for (const [code, count] of this.failedCalls) move(count, 'calls_failed', code);
    for (const [code, count] of this.failedMoves) move(count, reportedAs('moves_failed'), code);
    for (const [figure, count] of this.reports) move(count, reportedAs(figure));
    this.delays.forEach((count, index) => move(count, 'delivery', LATENCY_MS[index]));
    this.arrivals.forEach((count, index) => move(count, reportedAs('arrival'), LATENCY_MS[index]));
    this.connections = this.lost = 0;
    this.joins = this.recovered = this.reset = this.calls = this.deliveries = this.bytes = 0;
    for (const counts of [this.failedJoins, this.failedCalls, this.failedMoves, this.reports]) counts.clear();
    this.delays.fill(0);
    this.arrivals.fill(0);
  }
}

/** The index in `LATENCY_MS` of the class of a duration. */
function latencyClass(ms: number): number {
  const index = LATENCY_MS.findIndex((end) => ms <= end);
  return index < 0 ? LATENCY_MS.length - 1 : index;
}

function countCode(counts: Map<string, number>, code: string, by = 1): void {
  const isApart = counts.has(code) || (counts.size < MAX_CODES && code.length <= MAX_CODE_LENGTH);
  const name = isApart ? code : OTHER_CODE;
  counts.set(name, (counts.get(name) ?? 0) + by);
}
