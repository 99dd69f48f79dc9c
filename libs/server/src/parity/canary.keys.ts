import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { KeyShare } from '@switchyard/contract';
import { Subscription } from 'rxjs';
import { Cutover } from '../cutover/cutover.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { Stages } from '../stages/stages.js';
import { STORE, type Store } from '../store/store.js';
import { KeyCensus } from './key.census.js';

/** How often what was counted goes to the store, in ms. */
const FLUSH_EVERY_MS = 10_000;

/** Tests for each canary whether the share of its clients on the new wire is the canary's percentage. */
@Injectable()
export class CanaryKeys implements OnApplicationBootstrap {
  private readonly logger = new Logger('parity');
  private readonly services = new Map<string, KeyCensus>();
  private readonly subscriptions = new Subscription();
  private timer: NodeJS.Timeout | undefined;
  private isAway = false;

  constructor(
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    private readonly cutover: Cutover,
    @Inject(STORE) private readonly store: Pick<Store, 'documents'>,
  ) {}

  onApplicationBootstrap(): void {
    for (const service of this.registry.all()) {
      if (!service.wires.hasOldWire) continue;
      const { name } = service.contract;
      const census = new KeyCensus(service, {
        documents: this.store.documents,
        canary: () => this.stages.canary(name),
        left_ms: () => this.cutover.left_ms(name),
      });
      this.services.set(name, census);
      this.subscriptions.add(
        service.joins$.subscribe(({ connection: { isOurClient, caller } }) => isOurClient && census.see(caller)),
      );
      this.subscriptions.add(service.polls$.subscribe((caller) => census.see(caller)));
    }
    this.timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS).unref();
  }

  /** The share of a canary, with what this process has seen until now; undefined where there is none to test. @throws Fault `store.unavailable` */
  async of(service: string): Promise<KeyShare | undefined> {
    const census = this.services.get(service);
    await census?.flush();
    return census?.share();
  }

  /** Writes what was not written yet. Never rejects. */
  async flush(): Promise<void> {
    try {
      await Promise.all([...this.services.values()].map((census) => census.flush()));
      this.isAway = false;
    } catch (error) {
      if (!this.isAway) this.logger.warn(`unable to store the keys of a canary; ${String(error)}; they are kept`);
      this.isAway = true;
    }
  }

  /** Writes the last keys, and counts no more. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    this.subscriptions.unsubscribe();
    await this.flush();
  }
}
