import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import type { Store } from '../store/store.js';
import { PendingCounts, type PendingMinute } from './pending.counts.js';

/** How often counts go to the store, in ms. */
const FLUSH_EVERY_MS = 2000;

/** How long a shutdown waits for the last counts to be written, in ms. */
const CLOSE_WITHIN_MS = 1000;

/** The minute of a Unix time in ms. */
export function minuteOf(ms: number): number {
  return Math.floor(ms / 60_000);
}

/** Moves what this process has counted into the series of the store, every two seconds and when the process stops. */
export class SeriesWriter {
  private readonly pending = new PendingCounts();
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private isAway = false;

  /**
   * @param what the name of the counts, in the plural, for the log
   * @param drain returns the counts of each series since the last time
   */
  constructor(
    private readonly what: string,
    private readonly logger: Logger,
    private readonly store: Pick<Store, 'series'>,
    private readonly drain: () => Iterable<readonly [series: string, counts: ReadonlyMap<string, number>]>,
  ) {}

  /** Begins to write. */
  start(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS).unref();
  }

  /** Hands everything that was counted so far to the store; what the store refuses waits for the next time. Never rejects. */
  flush(): Promise<void> {
    const minute = minuteOf(Date.now());
    for (const [series, counts] of this.drain()) {
      if (counts.size > 0) this.pending.add({ series, minute, counts: Object.fromEntries(counts) });
    }
    return (this.flushing = this.flushing.then(() => this.write()));
  }

  /** Writes the last counts; a store that does not answer holds up a shutdown for a moment only. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.race([this.flush(), pause(CLOSE_WITHIN_MS, undefined, { ref: false })]);
  }

  private async write(): Promise<void> {
    const written = await Promise.all(this.pending.take().map((minute) => this.writeMinute(minute)));
    if (!this.isAway || written.length === 0 || written.includes(false)) return;
    this.isAway = false;
    this.logger.log(`${this.what} are stored again`);
  }

  /** Whether the store took the counts. */
  private async writeMinute(pending: PendingMinute): Promise<boolean> {
    const { series, minute, counts } = pending;
    try {
      await this.store.series.add(series, minute, counts);
      return true;
    } catch (error) {
      // Counting too little is better than counting twice: what may have been written is not written again.
      if (error instanceof Fault && error.code !== 'call.outcome_unknown') this.pending.add(pending);
      if (!this.isAway) this.logger.warn(`unable to store ${this.what}; ${String(error)}; they are kept for an hour`);
      this.isAway = true;
      return false;
    }
  }
}
