import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { ChangeFigures } from '@switchyard/contract';
import type { Subscription } from 'rxjs';
import { ConnectedClients } from '../cutover/connected.clients.js';
import { figuresWrite } from '../stages/figure.documents.js';
import { Stages } from '../stages/stages.js';
import { STORE, type Store } from '../store/store.js';
import { summaryOf } from './arm.summary.js';
import { FiguresReader } from './figures.reader.js';

/** How many full minutes are read before the current one. */
const FULL_MINUTES = 5;
const MINUTE_MS = 60_000;
/** How long a shutdown waits for figures that are being written, in ms. */
const CLOSE_WITHIN_MS = 1000;

/**
 * Keeps a service's figures at the moment of each change that this process makes, beside the audit entry. The change does
 * not wait for it, and an entry without figures is not made up for: later they would be others.
 */
@Injectable()
export class ChangeFiguresRecorder implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('figures');
  private readonly unfinished = new Set<Promise<void>>();
  private subscription: Subscription | undefined;

  constructor(
    private readonly stages: Stages,
    private readonly clients: ConnectedClients,
    private readonly figures: FiguresReader,
    @Inject(STORE) private readonly store: Store,
  ) {}

  onModuleInit(): void {
    this.subscription = this.stages.made$.subscribe(({ service, audit }) => {
      const recorded = this.record(service, audit).finally(() => this.unfinished.delete(recorded));
      this.unfinished.add(recorded);
    });
  }

  /** Waits for what is being written; a store that does not answer holds up a shutdown for a moment only. */
  async beforeApplicationShutdown(): Promise<void> {
    this.subscription?.unsubscribe();
    await Promise.race([Promise.all(this.unfinished), pause(CLOSE_WITHIN_MS, undefined, { ref: false })]);
  }

  /** Never rejects. */
  private async record(service: string, audit: string): Promise<void> {
    try {
      await this.store.documents.write([figuresWrite(audit, await this.of(service))]);
    } catch (error) {
      this.logger.warn(`unable to record the figures of ${service} at its change ${audit}; ${String(error)}`);
    }
  }

  private async of(service: string): Promise<ChangeFigures> {
    const now = Date.now();
    const since = (Math.floor(now / MINUTE_MS) - FULL_MINUTES) * MINUTE_MS;
    const [clients, { totals }] = await Promise.all([
      this.clients.of(service),
      this.figures.of(service, FULL_MINUTES + 1),
    ]);
    const arms = Object.entries(totals.arms).map(([arm, figures]) => [arm, summaryOf(figures)] as const);
    return { at: iso(now), since: iso(since), clients, arms: Object.fromEntries(arms) };
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
