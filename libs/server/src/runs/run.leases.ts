import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../realtime.options.js';
import { STORE, type Lease, type Store } from '../store/store.js';
import { DeadOwners } from './dead.owners.js';
import type { HeldRun } from './held.run.js';
import type { RunKeeper } from './run.keeper.js';
import { runKey, runOf } from './run.key.js';

/** How long after a process died its runs are ended by another, at the most, in ms. */
const LEASE_MS = 10_000;
/** The parts of that time: how long a process counts as alive, how often it says so and looks at the others … */
const ALIVE_PART = 0.4;
const LOOK_PART = 0.2;
/** … and how long it may go without having said so before it must take itself for dead, which is before others act. */
const SURE_PART = 0.7;
/** After how many looks it is also looked for runs that have lost their lease, or what would have taken it. */
const LOOKS_BETWEEN = 30;
const WAIT_MS = 100;

/**
 * Sees to it that each run has one writer, and an end when its process has none: who works on a run has its lease, and
 * whoever finds one whose owner is dead ends the run in its place.
 */
@Injectable()
export class RunLeases implements BeforeApplicationShutdown {
  /** Who this process is, where leases are concerned. */
  readonly owner = randomUUID();
  private readonly logger = new Logger('runs');
  private readonly keepers = new Map<string, RunKeeper>();
  private readonly held = new Map<string, HeldRun>();
  /** The runs that are being ended in the place of somebody who is gone, or who could not tell. */
  private readonly finishing = new Map<string, Promise<void>>();
  /** Leases that are on their way back: none is taken again before that, or it would be given back with it. */
  private readonly returning = new Map<string, Promise<unknown>>();
  /** Leases that could not be given back yet. */
  private readonly leaving = new Set<string>();
  private readonly deadOwners = new DeadOwners();
  private readonly lease_ms: number;
  private aliveAt = performance.now();
  private looks = 0;
  /** The runs that nobody worked on when that was last looked for. */
  private idle = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private looking = false;

  constructor(
    @Inject(STORE) private readonly store: Pick<Store, 'leases'>,
    @Inject(REALTIME_OPTIONS) { runLeaseMs = LEASE_MS }: Pick<RealtimeOptions, 'runLeaseMs'>,
  ) {
    this.lease_ms = runLeaseMs;
  }

  /** Ends the runs of a service that nobody works on, now and from now on. @throws Fault `store.unavailable` */
  async keep(keeper: RunKeeper): Promise<void> {
    this.keepers.set(keeper.service, keeper);
    await this.renew();
    this.timer ??= setInterval(() => this.tick(), this.lease_ms * LOOK_PART).unref();
    await this.endIdle(keeper, () => true);
  }

  /** Has the lease of a run that begins; false when it goes on already, here or elsewhere. @throws Fault `store.unavailable` */
  async hold(service: string, id: string): Promise<boolean> {
    const key = runKey(service, id);
    if (this.held.has(key)) return false;
    const held: HeldRun = { state: 'going', isAnswered: false };
    this.held.set(key, held);
    try {
      held.isAnswered = await this.take(key);
    } catch (error) {
      // It may have been taken all the same.
      this.leaving.add(key);
      throw error;
    } finally {
      if (!held.isAnswered) this.held.delete(key);
    }
    return held.isAnswered;
  }

  /** Which other process works on a run; undefined when this one does, or nobody any more. @throws Fault `store.unavailable` */
  async elsewhere(service: string, id: string): Promise<string | undefined> {
    const key = runKey(service, id);
    const { leases } = this.store;
    for (const began = performance.now(); ;) {
      await this.finishing.get(key);
      if (!leases || this.held.has(key)) return undefined;
      const owner = await leases.find(key);
      // A store that has lost leases gets them again from those who look whether they have them.
      const isOver = owner === undefined && performance.now() - began > this.lease_ms * LOOK_PART * 2;
      if (owner !== this.owner && (owner ?? isOver)) return owner;
      if (owner === undefined && !(await this.keepers.get(service)?.unfinished())?.includes(id)) return undefined;
      // It is just being seized, taken again or given back.
      await pause(WAIT_MS, undefined, { ref: false });
    }
  }

  /** Waits until nobody else works on a run, and has its lease then. @throws the signal's reason; Fault `store.unavailable` */
  async acquire(service: string, id: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      if (await this.hold(service, id)) break;
      await pause(WAIT_MS, undefined, { signal, ref: false });
    }
    if (!signal.aborted) return;
    this.release(runKey(service, id));
    throw signal.reason as Error;
  }

  /**
   * Has something told of a run by its one writer, which this process becomes with the first thing; with the last, the
   * lease is given back. A last thing that cannot be told now is told later.
   *
   * @throws Fault `store.unavailable` when this process may have been taken for dead; what `publish` throws
   */
  tell<T>(service: string, id: string, isLast: boolean, publish: () => Promise<T>): Promise<T> {
    const key = runKey(service, id);
    const { state } = this.held.get(key) ?? this.begin(key);
    const telling =
      state === 'going' && this.isSure ? publish() : Promise.reject<T>(new Fault('store.unavailable', { run: id }));
    telling.then(
      () => isLast && this.release(key),
      () => isLast && this.tellLater(key, publish),
    );
    return telling;
  }

  /** Says that this process works on a run no more; an end that could not be told is told later, by the keeper. */
  leave(service: string, id: string): void {
    this.tellLater(runKey(service, id));
  }

  /** Says that a run goes on elsewhere, or here later, or that it needs nobody now: whoever takes it next may tell of it. */
  handOver(service: string, id: string): void {
    this.release(runKey(service, id));
  }

  /** Says that this process has ended; what is left of its runs is for others. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.store.leases?.leave(this.owner).catch(() => undefined);
  }

  /** Whether others cannot have taken this process for dead. */
  private get isSure(): boolean {
    return !this.store.leases || performance.now() - this.aliveAt < this.lease_ms * SURE_PART;
  }

  // At once, so that the lease is on its way to the store before anything of the run is.
  private begin(key: string): HeldRun {
    const held: HeldRun = { state: 'going', isAnswered: false };
    this.held.set(key, held);
    const answered = () => void (held.isAnswered = true);
    this.take(key).then(answered, answered);
    return held;
  }

  private async take(key: string): Promise<boolean> {
    await this.returning.get(key);
    this.leaving.delete(key);
    return this.store.leases?.take(key, this.owner) ?? true;
  }

  private release(key: string): void {
    this.held.delete(key);
    const returning = this.store.leases?.release(key, this.owner).catch(() => this.leaving.add(key));
    if (!returning) return;
    this.returning.set(key, returning);
    void returning.then(() => this.returning.get(key) === returning && this.returning.delete(key));
  }

  private tellLater(key: string, ending?: HeldRun['ending']): void {
    const held = this.held.get(key);
    if (held?.state === 'lost') this.held.delete(key);
    if (!held || held.state === 'lost') return;
    held.state = 'untold';
    // The first is how it ended; what comes after it says only that it could not be told.
    if (ending) held.ending ??= ending;
  }

  private async finish(key: string): Promise<void> {
    const finishing = this.end(key);
    this.finishing.set(key, finishing);
    await finishing;
    this.finishing.delete(key);
  }

  private async end(key: string): Promise<void> {
    const held = this.held.get(key);
    const { service, id } = runOf(key);
    const keeper = this.keepers.get(service);
    const ending = held?.ending;
    if (held) held.state = 'going';
    try {
      if (!ending) await keeper?.end(id);
      // It may have been stored, with only the answer lost.
      else if ((await keeper?.unfinished())?.includes(id)) await ending();
      if (this.held.get(key) === held) this.release(key);
    } catch (error) {
      this.logger.warn(`unable to end ${key}, trying again; ${String(error)}`);
      this.tellLater(key);
    }
  }

  private tick(): void {
    // Not after what a look finds to do, which may take its time.
    this.renew().catch(() => undefined);
    if (this.looking) return;
    this.looking = true;
    this.look()
      .catch(() => this.forgetLooks())
      .finally(() => (this.looking = false));
  }

  private async renew(): Promise<void> {
    const at = performance.now();
    await this.store.leases?.live(this.owner, this.lease_ms * ALIVE_PART);
    this.aliveAt = at;
  }

  private async look(): Promise<void> {
    for (const [key, { state }] of [...this.held]) if (state === 'untold') await this.finish(key);
    const { leases } = this.store;
    if (!leases) return;
    for (const key of [...this.leaving]) {
      if (!this.held.has(key)) await leases.release(key, this.owner);
      this.leaving.delete(key);
    }
    const listed = await leases.list();
    await this.checkOwn(new Set(listed.filter(({ owner }) => owner === this.owner).map(({ key }) => key)));
    await this.endOrphans(listed);
    this.looks += 1;
    if (this.looks % LOOKS_BETWEEN > 0) return;
    const idle = new Set<string>();
    // Twice in a row: when Redis has lost its leases, those who work on the runs are about to have them again.
    for (const keeper of this.keepers.values())
      for (const key of await this.endIdle(keeper, (key) => this.idle.has(key))) idle.add(key);
    this.idle = idle;
  }

  // What was seen before the store went away says nothing about now.
  private forgetLooks(): void {
    this.deadOwners.clear();
    this.idle.clear();
  }

  /** Ends the runs that nobody works on, as far as `may` says so; returns the keys of all of them. */
  private async endIdle(keeper: RunKeeper, may: (key: string) => boolean): Promise<string[]> {
    // In this order: a run that ends in between has been given back, and one that begins is not in the list.
    const leased = new Set((await this.store.leases?.list())?.map(({ key }) => key));
    const keys = (await keeper.unfinished()).map((id) => runKey(keeper.service, id));
    const idle = keys.filter((key) => !leased.has(key) && !this.held.has(key));
    for (const key of idle) {
      if (!may(key) || this.held.has(key) || !(await this.take(key))) continue;
      this.held.set(key, { state: 'going', isAnswered: true });
      await this.finish(key);
    }
    return idle;
  }

  private async checkOwn(listed: ReadonlySet<string>): Promise<void> {
    for (const [key, held] of [...this.held]) {
      if (listed.has(key) || !held.isAnswered || held.state !== 'going' || this.held.get(key) !== held) continue;
      if (await this.store.leases!.keep(key, this.owner)) continue;
      held.state = 'lost';
      const { service, id } = runOf(key);
      this.logger.warn(`${key} was ended by another process, which took this one for dead`);
      const keeper = this.keepers.get(service);
      await keeper?.lost(id);
      // What was on its way when this process stood still may have come after the end.
      await keeper?.end(id).catch((error: unknown) => this.logger.warn(`unable to end ${key}; ${String(error)}`));
    }
  }

  private async endOrphans(listed: readonly Lease[]): Promise<void> {
    for (const { key, owner } of this.deadOwners.look(listed, this.owner)) {
      if (!this.keepers.has(runOf(key).service)) continue;
      if (!(await this.store.leases!.seize(key, this.owner, owner))) continue;
      this.held.set(key, { state: 'going', isAnswered: true });
      this.logger.log(`ending ${key}, whose process is gone`);
      await this.finish(key);
    }
  }
}
