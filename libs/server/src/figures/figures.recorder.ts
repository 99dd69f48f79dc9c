import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { ServiceRegistry } from '../service/service.registry.js';
import { Stages } from '../stages/stages.js';
import { STORE, type Store } from '../store/store.js';
import { PendingCounts, type PendingMinute } from './pending.counts.js';

/** How often the counts go to the store, in ms. */
const FLUSH_EVERY_MS = 2000;

/** How long a shutdown waits for the last counts to be written, in ms. */
const CLOSE_WITHIN_MS = 1000;

/** The minute of a Unix time in ms. */
export function minuteOf(ms: number): number {
  return Math.floor(ms / 60_000);
}

/** Moves what the services of this process have counted into the store, every two seconds and when the process stops. */
@Injectable()
export class FiguresRecorder implements OnApplicationBootstrap {
  private readonly logger = new Logger('figures');
  private readonly pending = new PendingCounts();
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private isAway = false;

  constructor(
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    @Inject(STORE) private readonly store: Store,
  ) {}

  onApplicationBootstrap(): void {
    for (const { contract, wires, counters } of this.registry.all()) {
      counters.divide({
        ofWire: (wire) => wires.advisedAs(wire),
        ofCaller: (caller) => this.stages.wire(contract.name, caller),
      });
    }
    this.timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    this.timer.unref();
  }

  /** Hands everything that was counted so far to the store; what the store refuses waits for the next time. Never rejects. */
  flush(): Promise<void> {
    this.collect();
    return (this.flushing = this.flushing.then(() => this.write()));
  }

  /** Writes the last counts; a store that does not answer holds up a shutdown for a moment only. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.race([this.flush(), pause(CLOSE_WITHIN_MS, undefined, { ref: false })]);
  }

  private collect(): void {
    const minute = minuteOf(Date.now());
    for (const { contract, counters } of this.registry.all()) {
      const counts = counters.drain();
      if (counts.size > 0) this.pending.add({ series: contract.name, minute, counts: Object.fromEntries(counts) });
    }
  }

  private async write(): Promise<void> {
    const written = await Promise.all(this.pending.take().map((minute) => this.writeMinute(minute)));
    if (!this.isAway || written.length === 0 || written.includes(false)) return;
    this.isAway = false;
    this.logger.log('figures are stored again');
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
      if (!this.isAway) this.logger.warn(`unable to store figures; ${String(error)}; they are kept for an hour`);
      this.isAway = true;
      return false;
    }
  }
}
