import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { MigrationChange, MigrationState, WireName } from '@switchyard/contract';
import { map, share, type Observable } from 'rxjs';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../options/realtime.options.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { STORE, type Store } from '../store/store.js';
import { FlagFileWatch } from './flag.file.watch.js';
import { flagFor } from './stage.flag.js';
import { stateOf } from './stage.record.js';
import { StageRecords, type RecordChanged } from './stage.records.js';
import { StageStore } from './stage.store.js';
import { WireAdvice, type AdvisedCaller } from './wire.advice.js';

export type { AdvisedCaller } from './wire.advice.js';

/** A change of a service's state, made in this process or in another one. */
export interface StageChanged {
  from: MigrationState;
  to: MigrationState;
  /** The id of the change in the audit, of the last one when several are seen at once; undefined for one that has none. */
  audit?: string;
  /** The wire that a client was advised before the change. */
  before(caller: AdvisedCaller): Promise<WireName>;
}

/** Keeps the stage of each service and decides which wire each client uses. */
@Injectable()
export class Stages implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly file: FlagFileWatch;
  private readonly records: StageRecords;
  private readonly advice: WireAdvice;
  /** Every change of a service's state after the start, once its flags are in force in this process. */
  readonly changes$: Observable<StageChanged>;

  constructor(
    private readonly registry: ServiceRegistry,
    @Inject(STORE) store: Store,
    @Inject(REALTIME_OPTIONS) { flagsFile, flagProvider }: RealtimeOptions,
  ) {
    this.advice = new WireAdvice(flagProvider);
    this.file = new FlagFileWatch(flagsFile);
    const services = () => registry.all().map(({ contract: { name, flag } }) => ({ name, flag }));
    this.records = new StageRecords(services, this.file, new StageStore(store), () => this.publish());
    this.changes$ = this.records.changed.pipe(
      map((change) => this.changeOf(change)),
      share(),
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.records.start();
    await this.advice.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.records.close();
    await this.file.close();
    await this.advice.close();
  }

  /** The application's flag provider has other flags now, so the advice of every service may have changed. */
  get providerChanged$(): Observable<void> {
    return this.advice.changed$;
  }

  /** Asks `check` before each service is retired without force; what it throws refuses that. */
  guardRetirement(check: (service: string) => Promise<void>): void {
    this.records.guardRetirement(check);
  }

  /** The state of every service, in registration order. */
  all(): MigrationState[] {
    return this.registry.all().map(({ contract }) => this.of(contract.name));
  }

  /** @throws Fault `service.unknown` */
  of(service: string): MigrationState {
    this.registry.get(service);
    return stateOf(this.records.get(service));
  }

  /** The wire that a client is advised; one that cannot be recognised later is never in a canary. */
  async wire(service: string, caller: AdvisedCaller): Promise<WireName> {
    const { contract, wires } = this.registry.get(service);
    if (!wires.hasOldWire) return 'socketio';
    return this.advice.wire(contract.flag, this.records.get(service), caller);
  }

  /**
   * Changes the state of a service and writes an audit entry.
   *
   * @throws Fault `service.unknown`, `stage.illegal`, `stage.held`, `input.invalid`, `store.unavailable`
   */
  async change(service: string, change: MigrationChange, by: string): Promise<MigrationState> {
    this.registry.get(service);
    return stateOf(await this.records.change(service, change, by));
  }

  private changeOf({ from, to }: RecordChanged): StageChanged {
    const { contract, wires } = this.registry.get(to.service);
    const before = this.advice.while(contract.flag, from);
    return {
      from: stateOf(from),
      to: stateOf(to),
      ...(to.audit !== undefined && { audit: to.audit }),
      before: (caller) => (wires.hasOldWire ? before(caller) : Promise.resolve('socketio')),
    };
  }

  private publish(): void {
    const flags = this.registry.all().map(({ contract }) => [contract.flag, flagFor(this.records.get(contract.name))]);
    this.advice.setFlags(Object.fromEntries(flags) as Record<string, object>);
  }
}
