import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { MigrationChange, MigrationState, WireName } from '@switchyard/contract';
import { map, merge, mergeMap, share, take, type Observable } from 'rxjs';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import { ServiceRegistry } from '../service/service.registry.js';
import type { ServiceRuntime } from '../service/service.runtime.js';
import { STORE, type Store } from '../store/store.js';
import { FlagFileWatch } from './flag.file.watch.js';
import { isShareOf } from './flag.share.js';
import { flagFor } from './stage.flag.js';
import { advisedAt, hasSameAdvice, stateOf, type StageRecord } from './stage.record.js';
import { StageRecords, type ChangeMade, type RecordChanged } from './stage.records.js';
import { StageStore, type JoinedWrites } from './stage.store.js';
import { WireAdvice, type AdvisedCaller } from './wire.advice.js';

export type { AdvisedCaller } from './wire.advice.js';

/** A change of a service's state, made in this process or in another one. */
export interface StageChanged {
  from: MigrationState;
  to: MigrationState;
  /** The id of the change in the audit, of the last one when several are seen at once; undefined for one that has none. */
  audit?: string;
  /** Whether it may send clients to another wire: a hold or another reason does not. */
  changesAdvice: boolean;
  /** The wire that a client was advised before the change; undefined when that is not known. */
  before(caller: AdvisedCaller): Promise<WireName | undefined>;
  /** The wire that a client is advised after the change; much quicker than `Stages.wire` where the flags are our own. */
  after(caller: AdvisedCaller): Promise<WireName>;
}

/** A canary whose clients are divided by its percentage alone. */
export interface Canary {
  percent: number;
  /** When it began or its percentage was set, ISO 8601 with Z. */
  since: string;
}

/** Keeps the stage of each service and decides which wire each client uses. */
@Injectable()
export class Stages implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('stages');
  private readonly file: FlagFileWatch;
  private readonly records: StageRecords;
  private readonly advice: WireAdvice;
  /** Every change of a service's state, or of the application's flags, after the start, once it is in force in this process. */
  readonly changes$: Observable<StageChanged>;
  /** The changes that this process has made, and no other one, once they are stored. */
  readonly made$: Observable<ChangeMade>;

  constructor(
    private readonly registry: ServiceRegistry,
    @Inject(STORE) private readonly store: Store,
    @Inject(REALTIME_OPTIONS) private readonly options: Pick<ResolvedOptions, 'flagsFile' | 'flagProvider'>,
  ) {
    this.advice = new WireAdvice(options.flagProvider);
    this.file = new FlagFileWatch(options.flagsFile);
    const services = () => registry.all().map(({ contract: { name, flag } }) => ({ name, flag }));
    this.records = new StageRecords(services, this.file, new StageStore(store), () => this.publish());
    this.made$ = this.records.made;
    const recorded = this.records.changed.pipe(map((change) => this.changeOf(change)));
    const provided = this.advice.changed$.pipe(
      mergeMap(() => registry.all().map((service) => this.providerChange(service))),
    );
    this.changes$ = merge(recorded, provided).pipe(share());
  }

  async onApplicationBootstrap(): Promise<void> {
    const { warning } = this;
    if (warning !== undefined) this.records.made.pipe(take(1)).subscribe(() => this.logger.warn(warning));
    await this.records.start();
    await this.advice.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.records.close();
    this.file.close();
    await this.advice.close();
  }

  /** What a person who changes a stage has to know about the store, in one sentence; undefined when it keeps the change. */
  get warning(): string | undefined {
    return this.store.forgets
      ? 'This stage is kept in memory and is lost when the server stops; set openStore to keep it.'
      : undefined;
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
    return this.registry.get(service).wires.hasOldWire ? this.advised(service, caller) : 'socketio';
  }

  /** The wire that the stage says, also where our client does not speak the old one: other code may. */
  async advised(service: string, caller: AdvisedCaller): Promise<WireName> {
    const { contract } = this.registry.get(service);
    return this.advice.wire(contract.flag, this.records.get(service), caller);
  }

  /** The canary that a service is in, if its percentage alone decides: no rules of the team, no provider of the application. */
  canary(service: string): Canary | undefined {
    const record = this.records.get(service);
    const { stage, percent, closed, definition } = record;
    if (stage !== 'canary' || closed || this.options.flagProvider) return undefined;
    if (definition && !isShareOf(definition.targeting, percent)) return undefined;
    return { percent, since: advisedAt(record) };
  }

  /**
   * Changes the state of a service and writes an audit entry.
   *
   * @param expected the state that the change was decided from, if it is wrong from any other one
   * @throws Fault `service.unknown`, `stage.illegal`, `stage.held`, `stage.changed` when the state is not the expected one,
   * `input.invalid`, `store.unavailable`
   */
  async change(
    service: string,
    change: MigrationChange,
    by: string,
    expected?: MigrationState,
  ): Promise<MigrationState> {
    this.registry.get(service);
    return stateOf(await this.records.change(service, change, by, { expected }));
  }

  /**
   * Changes the state of a service like `change`, together with other documents.
   *
   * @param joined the writes that are made with the change, or not at all
   * @throws Fault as `change`; what `joined` throws
   */
  async changeWith(
    service: string,
    change: MigrationChange,
    by: string,
    joined: JoinedWrites,
  ): Promise<MigrationState> {
    this.registry.get(service);
    return stateOf(await this.records.change(service, change, by, { joined }));
  }

  /** The id of the last change of a service in the audit, as far as this process knows. @throws Fault `service.unknown` */
  lastChange(service: string): string | undefined {
    this.registry.get(service);
    return this.records.get(service).audit;
  }

  /** A change of the flags of the application's provider, which says nothing about what they were. */
  private providerChange({ contract: { name } }: ServiceRuntime): StageChanged {
    const state = this.of(name);
    return {
      from: state,
      to: state,
      changesAdvice: true,
      before: () => Promise.resolve(undefined),
      after: (caller) => this.wire(name, caller),
    };
  }

  private changeOf({ from, to }: RecordChanged): StageChanged {
    const { contract, wires } = this.registry.get(to.service);
    const adviceOf = (record: StageRecord): StageChanged['after'] =>
      wires.hasOldWire ? this.advice.while(contract.flag, record) : () => Promise.resolve('socketio');
    return {
      from: stateOf(from),
      to: stateOf(to),
      ...(to.audit !== undefined && { audit: to.audit }),
      // The advice may have changed and changed back in changes that this process has read as one.
      changesAdvice: !hasSameAdvice(from, to) || advisedAt(from) !== advisedAt(to),
      before: adviceOf(from),
      after: adviceOf(to),
    };
  }

  private publish(): void {
    const flags = this.registry.all().map(({ contract }) => [contract.flag, flagFor(this.records.get(contract.name))]);
    this.advice.setFlags(Object.fromEntries(flags) as Record<string, object>);
  }
}
