import { performance } from 'node:perf_hooks';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { MigrationState, WireName } from '@switchyard/contract';
import type { Subscription } from 'rxjs';
import { targetingKey, type Caller } from '../caller/caller.js';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { OLD_WIRE } from '../service/service.wires.js';
import { Stages } from '../stages/stages.js';
import { HASHES, keyHash } from './key.hash.js';
import { ShadowJoins } from './shadow.joins.js';

/** The wire that is compared with the old one. */
const COMPARED: WireName = 'socketio';
/** How long after the end of the comparison its last reports may come, in ms. */
const LAST_REPORTS_MS = 120_000;

/** Chooses the clients that compare the new wire of a service with the old one while its stage is `shadow`. */
@Injectable()
export class ShadowSample implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly percent: number;
  /** When each service was last seen to leave the comparison, in monotonic ms. */
  private readonly ended = new Map<string, number>();
  private subscription: Subscription | undefined;

  constructor(
    private readonly registry: ServiceRegistry,
    private readonly stages: Stages,
    @Inject(REALTIME_OPTIONS) { shadowPercent }: Pick<ResolvedOptions, 'shadowPercent'>,
  ) {
    this.percent = shadowPercent;
  }

  onApplicationBootstrap(): void {
    for (const service of this.registry.all()) {
      const { name } = service.contract;
      service.exempt(new ShadowJoins((caller) => this.wireOf(name, caller)));
    }
    this.subscription = this.stages.changes$.subscribe(({ from, to }) => {
      if (isCompared(from) && !isCompared(to)) this.ended.set(to.service, performance.now());
    });
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }

  /** The wire that a client compares with its own now; undefined for none. @throws Fault `service.unknown` */
  async wireOf(service: string, caller: Caller): Promise<WireName | undefined> {
    if (!isCompared(this.stages.of(service)) || !this.has(service, caller)) return undefined;
    return (await this.stages.wire(service, caller)) === OLD_WIRE ? COMPARED : undefined;
  }

  /** Whether a client compares now, or did until a moment ago, so that a report of what it found is believed. */
  isHeard(service: string, caller: Caller): boolean {
    const ended = this.ended.get(service) ?? -Infinity;
    const isOpen = isCompared(this.stages.of(service)) || performance.now() < ended + LAST_REPORTS_MS;
    return isOpen && this.has(service, caller);
  }

  /** Whether a client is in the sample of a service; a larger percentage only adds clients. */
  private has(service: string, caller: Caller): boolean {
    const key = targetingKey(caller);
    if (key === undefined || !this.registry.get(service).wires.hasOldWire) return false;
    return keyHash('shadow', service, key) < (this.percent / 100) * HASHES;
  }
}

function isCompared({ stage, closed }: MigrationState): boolean {
  return stage === 'shadow' && !closed;
}
