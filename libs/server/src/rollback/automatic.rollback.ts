import { setTimeout as pause } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Fault, type Breach, type MigrationChange } from '@switchyard/contract';
import type { Subscription } from 'rxjs';
import { HealthWatch, type Evaluated } from '../health/health.watch.js';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import { RunLeases } from '../runs/run.leases.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { MigrationAuditReader } from '../stages/migration.audit.js';
import { Stages } from '../stages/stages.js';
import { ROLLBACK_BY, ROLLBACK_REASON, coolingUntil, wayBack } from './way.back.js';

/** The lock of the process that decides. */
const LOCK = 'automatic-rollback';
/** How long to wait before the lock is asked for again, in ms. */
const RETRY_MS = 1000;
/** How far back the audit is read for the last promotion. */
const MAX_ENTRIES = 100;
/** The longest reason of a change, in characters. */
const MAX_REASON = 500;

/**
 * Takes a service back when its clients on the new wire fare badly: once, and held until a person clears that. One process
 * decides at a time.
 */
@Injectable()
export class AutomaticRollback implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('rollback');
  private readonly closing = new AbortController();
  /** The services that are being taken back. */
  private readonly deciding = new Set<string>();
  private decisions: Subscription | undefined;
  private isOwner = false;

  constructor(
    private readonly watch: HealthWatch,
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    private readonly audit: MigrationAuditReader,
    private readonly leases: RunLeases,
    @Inject(REALTIME_OPTIONS) private readonly options: Pick<ResolvedOptions, 'sloFile' | 'flagProvider'>,
  ) {}

  onApplicationBootstrap(): void {
    if (this.options.sloFile === undefined) return;
    this.decisions = this.watch.evaluated$.subscribe((evaluated) => void this.decide(evaluated));
    void this.own();
  }

  beforeApplicationShutdown(): void {
    this.closing.abort();
    this.decisions?.unsubscribe();
  }

  /** Waits until no other process decides; the lock of a dead one is released after the lease time. */
  private async own(): Promise<void> {
    const { signal } = this.closing;
    while (!this.isOwner && !signal.aborted) {
      try {
        const release = await this.leases.lock(LOCK, signal);
        this.isOwner = true;
        signal.addEventListener('abort', release, { once: true });
      } catch {
        // The store is away.
        await pause(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  /** Never rejects. What fails is tried again at the end of the next window. */
  private async decide(evaluated: Evaluated): Promise<void> {
    const { service, state } = evaluated.health;
    if (!this.isOwner || state !== 'breached' || !evaluated.slo.rollback || this.deciding.has(service)) return;
    if (!this.registry.get(service).wires.hasOldWire) return;
    this.deciding.add(service);
    try {
      await this.goBack(evaluated);
    } catch (error) {
      // A person was faster: what was seen says nothing about the new state.
      if (error instanceof Fault && error.code === 'stage.changed') return;
      this.logger.error(`unable to take ${service} back; ${String(error)}`);
    } finally {
      this.deciding.delete(service);
    }
  }

  private async goBack({ health: { service, breaches }, state, slo }: Evaluated): Promise<void> {
    const { entries } = await this.audit.page(service, MAX_ENTRIES);
    if (coolingUntil(entries, slo, Date.now()) !== undefined) return;
    const change: MigrationChange = {
      ...wayBack(state, entries, slo),
      held: true,
      // The application's provider does not ask the stage which wire a client is advised.
      ...(this.options.flagProvider && { closed: true }),
      reason: reasonOf(breaches),
    };
    const { stage, percent } = await this.stages.change(service, change, ROLLBACK_BY, state);
    const setting = stage === 'canary' ? `${stage} ${percent} %` : stage;
    this.logger.warn(`${service} went back to ${setting} and is held: ${change.reason}`);
  }
}

function reasonOf(breaches: readonly Breach[]): string {
  const texts = breaches.map(({ threshold, text }) => `${threshold}: ${text}`);
  return `${ROLLBACK_REASON}; ${texts.join('; ')}`.slice(0, MAX_REASON);
}
