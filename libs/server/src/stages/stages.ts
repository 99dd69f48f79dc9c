import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { OpenFeature, type Client, type EvaluationContext } from '@openfeature/server-sdk';
import type { MigrationAudit, MigrationState, WireName } from '@switchyard/contract';
import { watch, type FSWatcher } from 'chokidar';
import { Subject, type Observable } from 'rxjs';
import { targetingKey, type Caller } from '../caller/caller.js';
import { invalidField } from '../validation/payload.validation.js';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../options/realtime.options.js';
import { ServiceRegistry } from '../service/service.registry.js';
import { changeDocuments } from '../store/document.conflict.js';
import { STORE, type Store } from '../store/store.js';
import { readFlagFile, type FileFlag } from './flag.file.js';
import { FlagProvider } from './flag.provider.js';
import type { StageChange } from './stage.change.dto.js';
import { flagFor } from './stage.flag.js';
import { checkMove } from './stage.move.js';

const STATES = 'migration';
const AUDIT = 'migration-audit';

/** A change of a service's state, made in this process or in another one. */
export interface StageChanged {
  from: MigrationState;
  to: MigrationState;
  /** The id of the change in the audit; undefined for one that has none. */
  audit?: string;
  /** The wire that a client was advised before the change. */
  before(caller: AdvisedCaller): Promise<WireName>;
}

/** The part of a caller that decides which wire it is advised. */
export type AdvisedCaller = Pick<Caller, 'key' | 'user' | 'client_id'>;

/** Keeps the stage of each service and decides which wire each client uses. */
@Injectable()
export class Stages implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('stages');
  private readonly states = new Map<string, MigrationState>();
  /** Flag definitions of the flag file, for services whose stage was never set through the API. */
  private readonly fileFlags = new Map<string, object>();
  private readonly domain = `switchyard-${randomUUID()}`;
  private readonly builtIn = new FlagProvider();
  private readonly client: Client = OpenFeature.getClient(this.domain);
  private readonly changed = new Subject<StageChanged>();
  private mayRetire: (service: string) => Promise<void> = () => Promise.resolve();
  private watcher: FSWatcher | undefined;
  private unwatch: (() => void) | undefined;

  constructor(
    private readonly registry: ServiceRegistry,
    @Inject(STORE) private readonly store: Store,
    @Inject(REALTIME_OPTIONS) private readonly options: RealtimeOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.unwatch = await this.store.cluster?.watch(STATES, () => void this.reload());
    for (const state of await this.load()) this.states.set(state.service, state);
    this.seed();
    await OpenFeature.setProviderAndWait(this.domain, this.options.flagProvider ?? this.builtIn);
    const { flagsFile } = this.options;
    if (!flagsFile) return;
    this.watcher = watch(flagsFile, {
      ignoreInitial: true,
      awaitWriteFinish: { stabilityThreshold: 50, pollInterval: 10 },
    });
    this.watcher.on('all', () => this.reseed());
  }

  async onModuleDestroy(): Promise<void> {
    this.unwatch?.();
    await this.watcher?.close();
    // OpenFeature's global table outlives this module: remove our provider from it.
    await OpenFeature.setProviderAndWait(this.domain, new FlagProvider());
  }

  /** Every change of a service's state after the start, once its flags are in force in this process. */
  get changes$(): Observable<StageChanged> {
    return this.changed;
  }

  /** Asks `check` before each service is retired without force; what it throws refuses that. */
  guardRetirement(check: (service: string) => Promise<void>): void {
    this.mayRetire = check;
  }

  /** The state of every service, in registration order. */
  all(): MigrationState[] {
    return this.registry.all().map(({ contract }) => this.of(contract.name));
  }

  /** @throws Fault `service.unknown` */
  of(service: string): MigrationState {
    this.registry.get(service);
    return this.states.get(service)!;
  }

  /** The wire that a client is advised; one that cannot be recognised later is never in a canary. */
  async wire(service: string, caller: AdvisedCaller): Promise<WireName> {
    return this.advise(this.of(service), caller, (flag, context) =>
      this.client.getStringValue(flag, 'legacy', context),
    );
  }

  /** The wire that a client is advised while a service is in this state, and its flag is evaluated so. */
  private async advise(
    { service, closed, stage }: MigrationState,
    caller: AdvisedCaller,
    evaluate: (flag: string, context: EvaluationContext) => Promise<string>,
  ): Promise<WireName> {
    const { contract, wires } = this.registry.get(service);
    const key = targetingKey(caller);
    if (!wires.hasOldWire) return 'socketio';
    if (closed && stage !== 'retired') return 'legacy';
    if (stage === 'canary' && key === undefined) return 'legacy';
    const value = await evaluate(contract.flag, key === undefined ? {} : { targetingKey: key });
    return value === 'socketio' ? 'socketio' : 'legacy';
  }

  /** What the flag of a state said to each client, for when it is in force no more. */
  private adviceOf(state: MigrationState): StageChanged['before'] {
    const { flag } = this.registry.get(state.service).contract;
    const provider = new FlagProvider();
    provider.setFlags({ [flag]: this.fileFlags.get(state.service) ?? flagFor(state) });
    const evaluate = async (name: string, context: EvaluationContext) =>
      (await provider.resolveStringEvaluation(name, 'legacy', context)).value;
    return (caller) => this.advise(state, caller, evaluate);
  }

  /**
   * Moves a service to another stage and writes an audit entry.
   *
   * @throws Fault `service.unknown`, `stage.illegal`, `input.invalid`, `store.unavailable`
   */
  async change(service: string, change: StageChange, by: string): Promise<MigrationState> {
    const { from, to } = await changeDocuments(() => this.move(service, change, by));
    this.adopt([to]);
    this.logger.log(`${service}: ${from.stage} → ${to.stage} (${to.percent} %) by ${by}: ${change.reason}`);
    return to;
  }

  /** Moves a service from its stored stage, which another process may have changed since this one read it. */
  private async move(service: string, change: StageChange, by: string) {
    const known = this.of(service);
    const stored = await this.store.documents.get<MigrationState>(STATES, service);
    const from = stored ?? known;
    checkMove(from.stage, change.stage, change.force === true);
    if (change.stage === 'retired' && from.stage !== 'retired' && !change.force) await this.mayRetire(service);
    const to: MigrationState = {
      ...from,
      stage: change.stage,
      percent: percentOf(from, change),
      closed: change.closed ?? from.closed,
      updated_at: new Date().toISOString(),
      updated_by: by,
      reason: change.reason,
    };
    const audit: Omit<MigrationAudit, 'effect'> = {
      id: `${to.updated_at}-${randomUUID()}`,
      at: to.updated_at,
      by,
      from,
      to,
    };
    await this.store.documents.write([
      { collection: STATES, id: service, value: to, expect: stored ?? null },
      { collection: AUDIT, id: audit.id, value: audit },
    ]);
    return { from, to };
  }

  private async load(): Promise<MigrationState[]> {
    const stored = await this.store.documents.list<MigrationState & { id?: string }>(STATES);
    return stored.map(({ id: _, ...state }) => state);
  }

  /** Puts states in force and reports each one that differs; every change of a state comes through here. */
  private adopt(states: readonly MigrationState[]): void {
    const changes: StageChanged[] = [];
    for (const to of states) {
      const from = this.states.get(to.service);
      const change = from && !isDeepStrictEqual(from, to) && { from, to, before: this.adviceOf(from) };
      this.states.set(to.service, to);
      if (to.updated_by !== 'flags') this.fileFlags.delete(to.service);
      if (change) changes.push(change);
    }
    this.publishFlags();
    for (const change of changes) this.changed.next(change);
  }

  /** Takes over what another process changed; while the store is away the last known stage holds. */
  private async reload(): Promise<void> {
    try {
      this.adopt(await this.load());
    } catch (error) {
      this.logger.warn(`unable to read the stages again; ${String(error)}; they stay as they are`);
    }
  }

  private seed(): void {
    const { flagsFile } = this.options;
    const flags = flagsFile ? readFlagFile(flagsFile) : new Map<string, FileFlag>();
    const seeded: MigrationState[] = [];
    for (const { contract } of this.registry.all()) {
      const known = this.states.get(contract.name);
      if (known && known.updated_by !== 'flags') continue;
      const flag = flags.get(contract.flag);
      const state = seededState(contract.name, flag, flagsFile);
      if (known && known.stage === state.stage && known.percent === state.percent) state.updated_at = known.updated_at;
      seeded.push(state);
      if (flag) this.fileFlags.set(contract.name, flag.definition);
    }
    this.adopt(seeded);
  }

  private reseed(): void {
    try {
      this.seed();
      this.logger.log(`read ${this.options.flagsFile} again`);
    } catch (error) {
      this.logger.error(`${(error as Error).message}; the stages stay as they are`);
    }
  }

  private publishFlags(): void {
    this.builtIn.setFlags(
      Object.fromEntries(
        this.registry.all().map(({ contract }) => {
          return [contract.flag, this.fileFlags.get(contract.name) ?? flagFor(this.states.get(contract.name)!)];
        }),
      ),
    );
  }
}

function seededState(service: string, flag: FileFlag | undefined, file: string | undefined): MigrationState {
  return {
    service,
    stage: flag?.stage ?? 'legacy',
    percent: flag?.percent ?? 0,
    closed: false,
    held: false,
    updated_at: new Date().toISOString(),
    updated_by: 'flags',
    reason: flag ? `seeded from ${basename(file!)}` : 'no flag says otherwise',
  };
}

function percentOf(from: MigrationState, { stage, percent }: StageChange): number {
  if (stage !== 'canary') return stage === 'socketio' || stage === 'retired' ? 100 : 0;
  if (percent !== undefined) return percent;
  if (from.stage === 'canary') return from.percent;
  throw invalidField('percent', 'must be given when a canary begins');
}
