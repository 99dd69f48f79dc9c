import { isDeepStrictEqual } from 'node:util';
import { Logger } from '@nestjs/common';
import { Fault, type MigrationChange, type MigrationState } from '@switchyard/contract';
import { Subject } from 'rxjs';
import { KeyedSerialQueue } from '../queue/keyed.serial.queue.js';
import { changeDocuments } from '../store/document.conflict.js';
import { flagMismatches, type FlaggedService } from './flag.mismatches.js';
import type { FlagFileWatch } from './flag.file.watch.js';
import { moved } from './stage.move.js';
import { stateOf, type StageRecord } from './stage.record.js';
import { seedOf, unknownState } from './stage.seed.js';
import type { JoinedWrites, StageStore } from './stage.store.js';

/** A change of a service's record, made in this process or in another one. */
export interface RecordChanged {
  from: StageRecord;
  to: StageRecord;
}

/** A change that this process has made: its service, and the id of its audit entry. */
export interface ChangeMade {
  service: string;
  audit: string;
}

/** What a change depends on, beside the rules. */
interface ChangeTerms {
  /** The state that the change was decided from, if it is wrong from any other one. */
  expected?: MigrationState | undefined;
  /** Writes that are made with the change, or not at all. */
  joined?: JoinedWrites;
}

/** All reads and writes of this process come one after another, so that an old answer never replaces a new record. */
const QUEUE = 'records';
const RETRY_MS = 1000;

/**
 * The last known record of each service, the same as in the store: changes of other processes are read, changes of this
 * one are written first. While the store is away, the records stay as they are.
 */
export class StageRecords {
  /** Every change of a state, once `publish` has put the new one in force. */
  readonly changed = new Subject<RecordChanged>();
  /** Every change that this process has made, once it is stored; not the first record of a service. */
  readonly made = new Subject<ChangeMade>();
  private readonly logger = new Logger('stages');
  private readonly records = new Map<string, StageRecord>();
  /** The services whose flag in the flag file has still to be compared with their record. */
  private readonly unseeded = new Set<string>();
  /** The states of services whose record was never read. */
  private readonly unknown = new Map<string, MigrationState>();
  private readonly queue = new KeyedSerialQueue();
  private mayRetire: (service: string) => Promise<void> = () => Promise.resolve();
  private next: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private unwatch: (() => void) | undefined;
  private isStarted = false;
  private isFailing = false;
  private isClosed = false;

  constructor(
    private readonly services: () => readonly FlaggedService[],
    private readonly file: FlagFileWatch,
    private readonly store: StageStore,
    /** Puts the records in force; called before their changes are reported. */
    private readonly publish: () => void,
  ) {}

  /** Reads the records; without the store, every service begins at `legacy` until it is back. @throws TypeError when the flag file is none */
  async start(): Promise<void> {
    this.file.load();
    for (const { name } of this.services()) this.unseeded.add(name);
    await this.refresh();
    this.isStarted = true;
    this.publish();
    this.warnOfFlags();
    this.file.watch((flags) => void this.edited(flags));
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.retry);
    this.unwatch?.();
  }

  /** Asks `check` before each service is retired without force; what it throws refuses that. */
  guardRetirement(check: (service: string) => Promise<void>): void {
    this.mayRetire = check;
  }

  /** The last known record of a service. */
  get(service: string): StageRecord {
    const record = this.records.get(service) ?? this.unknown.get(service);
    if (record) return record;
    const unknown = unknownState(service, 'the store could not be read yet');
    this.unknown.set(service, unknown);
    return unknown;
  }

  /**
   * Changes a record, from the one that is stored: another process may have changed it since this one read it.
   *
   * @throws Fault `stage.illegal`, `stage.held`, `stage.changed` when the state is not the expected one, `input.invalid`,
   * `store.unavailable`; what `joined` throws
   */
  async change(service: string, change: MigrationChange, by: string, terms: ChangeTerms = {}): Promise<StageRecord> {
    try {
      return await this.queue.run(QUEUE, () => this.make(service, change, by, terms));
    } catch (error) {
      // It may have been made.
      if (error instanceof Fault && error.code === 'call.outcome_unknown') void this.refresh();
      throw error;
    }
  }

  private async make(
    service: string,
    change: MigrationChange,
    by: string,
    { expected, joined }: ChangeTerms,
  ): Promise<StageRecord> {
    if (this.unseeded.has(service)) this.adopt([await this.stored(service, undefined)]);
    const record = await changeDocuments(async () => {
      const stored = await this.store.get(service);
      const from = stored ?? this.get(service);
      if (expected && !isDeepStrictEqual(stateOf(from), expected))
        throw new Fault('stage.changed', { ...stateOf(from) });
      const to = moved(from, change, by);
      if (to.stage === 'retired' && from.stage !== 'retired' && !change.force) await this.mayRetire(service);
      return this.write(stored, from, to, joined);
    });
    this.adopt([record]);
    return record;
  }

  private async write(
    stored: StageRecord | undefined,
    from: StageRecord,
    to: StageRecord,
    joined?: JoinedWrites,
  ): Promise<StageRecord & { audit: string }> {
    const record = await this.store.change(stored, from, to, joined);
    if (from.audit !== undefined) this.made.next({ service: to.service, audit: record.audit });
    return record;
  }

  /** Reads the records again, after what is under way; once for all who ask meanwhile. Never rejects. */
  private refresh(): Promise<void> {
    return (this.next ??= Promise.resolve().then(() => this.queue.run(QUEUE, () => this.attempt())));
  }

  private async attempt(): Promise<void> {
    this.next = undefined;
    clearTimeout(this.retry);
    try {
      await this.read();
      this.isFailing = false;
    } catch (error) {
      if (this.isClosed) return;
      if (!this.isFailing) this.logger.warn(`unable to read the stages; ${String(error)}; they stay as they are`);
      this.isFailing = true;
      this.retry = setTimeout(() => void this.refresh(), RETRY_MS).unref();
    }
  }

  private async read(): Promise<void> {
    if (this.isClosed) return;
    this.unwatch ??= await this.store.watch(() => void this.refresh());
    if (this.isClosed) return this.unwatch();
    const stored = await this.store.load();
    const results = await Promise.allSettled(this.services().map(({ name }) => this.stored(name, stored.get(name))));
    this.adopt(results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  private async edited(flags: ReadonlySet<string>): Promise<void> {
    this.warnOfFlags();
    await this.queue.run(QUEUE, () => {
      for (const { name, flag } of this.services()) if (flags.has(flag)) this.unseeded.add(name);
    });
    await this.refresh();
  }

  /** Names what the flag file and the services do not have in common; one may have been misspelt. */
  private warnOfFlags(): void {
    const { path } = this.file;
    if (path === undefined) return;
    for (const mismatch of flagMismatches(this.file.names(), this.services())) this.logger.warn(`${path}: ${mismatch}`);
  }

  /** The record of a service as it has to be in the store, which is written where it is not. */
  private async stored(service: string, read: StageRecord | undefined): Promise<StageRecord> {
    const known = this.records.get(service);
    const { flag } = this.services().find(({ name }) => name === service)!;
    const wanted = (base = known): StageRecord =>
      base && !this.unseeded.has(service) ? base : seedOf(service, base, this.file.get(flag), this.file.path);
    if (read && wanted(read) === read) {
      this.unseeded.delete(service);
      return read;
    }
    const record = await changeDocuments(async () => {
      const stored = await this.store.get(service);
      const seed = wanted(stored);
      if (seed === stored) return stored;
      // The store has lost the record: what this process knows holds, and nobody moves.
      if (seed === known) return this.store.restore(known);
      const from = stored ?? known ?? unknownState(service, 'not seen before', seed.updated_at);
      return this.write(stored, from, seed);
    });
    this.unseeded.delete(service);
    return record;
  }

  /** Puts records in force and reports each state that differs; every change of a state comes through here. */
  private adopt(records: readonly StageRecord[]): void {
    const changes: RecordChanged[] = [];
    let isNew = false;
    for (const to of records) {
      const from = this.get(to.service);
      if (this.records.has(to.service) && isDeepStrictEqual(from, to)) continue;
      isNew = true;
      this.records.set(to.service, to);
      if (!isDeepStrictEqual(stateOf(from), stateOf(to))) changes.push({ from, to });
    }
    if (!this.isStarted || !isNew) return;
    this.publish();
    for (const change of changes) this.report(change);
  }

  private report(change: RecordChanged): void {
    const { from, to } = change;
    this.logger.log(`${to.service}: ${from.stage} → ${to.stage} (${to.percent} %) by ${to.updated_by}: ${to.reason}`);
    this.changed.next(change);
  }
}
