import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { MISMATCH_KINDS, type Mismatch, type ServiceParity } from '@switchyard/contract';
import { addCounts } from '../store/series.store.js';
import { SeriesWriter, minuteOf } from '../counters/series.writer.js';
import { STORE, type Store } from '../store/store.js';
import { CanaryKeys } from './canary.keys.js';
import { ParityExamples } from './parity.examples.js';
import type { ReadParity } from './parity.reading.js';

/** How long a shutdown waits for the last writes, in ms. */
const CLOSE_WITHIN_MS = 1000;

/** Keeps in the store what comparing clients have found, and reads what all processes have stored. */
@Injectable()
export class ParityRecorder implements OnApplicationBootstrap {
  private readonly counts = new Map<string, Map<string, number>>();
  private readonly writer: SeriesWriter;
  private readonly examples: ParityExamples;

  constructor(
    private readonly keys: CanaryKeys,
    @Inject(STORE) private readonly store: Store,
  ) {
    const logger = new Logger('parity');
    this.examples = new ParityExamples(store, logger);
    this.writer = new SeriesWriter('counts of comparisons', logger, store, () => this.drain());
  }

  onApplicationBootstrap(): void {
    this.writer.start();
  }

  /** Counts what a client with this key has found. */
  add({ service, matched, shed, mismatches, examples }: ReadParity, key: string): void {
    let counts = this.counts.get(service);
    if (!counts) this.counts.set(service, (counts = new Map<string, number>()));
    addCounts(counts, { matched, shed, ...mismatches });
    this.examples.add(service, key, examples);
  }

  /** What was found in the last minutes, in all processes. @throws Fault `store.unavailable` */
  async of(service: string, minutes: number): Promise<ServiceParity> {
    await this.writer.flush();
    const share = await this.keys.of(service);
    const now = minuteOf(Date.now());
    const from = now - minutes + 1;
    const sums = new Map<string, number>();
    for (const { counts } of await this.store.series.read(seriesOf(service), from, now)) addCounts(sums, counts);
    const mismatches = MISMATCH_KINDS.map((kind) => [kind, sums.get(kind) ?? 0] as const);
    const examples: Mismatch[] = await this.examples.of(service, from * 60_000);
    return {
      service,
      at: new Date().toISOString(),
      minutes,
      matched: sums.get('matched') ?? 0,
      shed: sums.get('shed') ?? 0,
      mismatches: Object.fromEntries(mismatches) as ServiceParity['mismatches'],
      examples,
      ...(share && { share }),
      differs: share?.verdict === 'differs' || mismatches.some(([, count]) => count > 0),
    };
  }

  /** Writes everything; a store that does not answer holds up a shutdown for a moment only. */
  async close(): Promise<void> {
    const written = Promise.all([this.writer.close(), this.examples.flush(), this.keys.close()]);
    await Promise.race([written, pause(CLOSE_WITHIN_MS, undefined, { ref: false })]);
  }

  private *drain(): Generator<readonly [string, ReadonlyMap<string, number>]> {
    for (const [service, counts] of this.counts) yield [seriesOf(service), counts];
    this.counts.clear();
  }
}

function seriesOf(service: string): string {
  return `parity/${service}`;
}
