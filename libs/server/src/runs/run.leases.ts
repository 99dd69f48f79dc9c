import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { REALTIME_OPTIONS, type RealtimeOptions } from '../options/realtime.options.js';
import { STORE, type Store } from '../store/store.js';
import { timerMs } from '../timer/long.timer.js';
import { OwnedLeases } from './owned.leases.js';
import { OwnerLife } from './owner.life.js';
import type { OrphanHandler } from './orphan.handler.js';
import { runKey } from './run.key.js';
import { OrphanReaper } from './orphan.reaper.js';

/** The longest time between the death of a process and the end of its runs, in ms. */
const LEASE_MS = 10_000;
/** How often a process beats and looks at the others, as a part of that time. */
const LOOK_PART = 0.2;
const WAIT_MS = 100;

/** A lock is the lease of a run that nobody stores: of a dead process it is only released. */
const LOCKS: OrphanHandler = {
  service: 'locks',
  unfinished: () => Promise.resolve([]),
  isUnfinished: () => Promise.resolve(false),
  end: () => Promise.resolve(),
  lost: () => undefined,
};

/**
 * Gives each run one writer, and an end when its process dies: the process that works on a run owns its lease, and a
 * process that finds a lease with a dead owner ends the run.
 */
@Injectable()
export class RunLeases implements BeforeApplicationShutdown {
  private readonly life: OwnerLife;
  private readonly held: OwnedLeases;
  private readonly sweep: OrphanReaper;
  private readonly look_ms: number;
  private timer: NodeJS.Timeout | undefined;
  private locking: Promise<void> | undefined;

  constructor(
    @Inject(STORE) private readonly store: Pick<Store, 'node' | 'cluster'>,
    @Inject(REALTIME_OPTIONS) { runLeaseMs = LEASE_MS }: Pick<RealtimeOptions, 'runLeaseMs'>,
  ) {
    const leases = store.cluster?.leases;
    this.life = new OwnerLife(store.cluster?.node, runLeaseMs);
    this.held = new OwnedLeases(leases, this.owner);
    this.sweep = new OrphanReaper(leases, this.held, this.owner, this.life.silent_ms);
    this.look_ms = runLeaseMs * LOOK_PART;
  }

  /** The id of this process as an owner of leases. */
  get owner(): string {
    return this.store.node;
  }

  /** Ends the orphaned runs of a service, now and from now on. @throws Fault `store.unavailable` */
  async keep(keeper: OrphanHandler): Promise<void> {
    const node = this.store.cluster?.node;
    await node?.beat();
    if (!this.timer) {
      node?.beatEvery(this.look_ms);
      this.timer = setInterval(() => void this.sweep.look(), timerMs(this.look_ms)).unref();
    }
    await this.sweep.add(keeper);
  }

  /** Takes the lease of a run that begins; false when the run is under way already, in any process. @throws Fault `store.unavailable` */
  hold(service: string, id: string): Promise<boolean> {
    return this.held.hold(runKey(service, id));
  }

  /** The other process that works on a run; undefined when this one does, or none. @throws Fault `store.unavailable` */
  async remoteOwner(service: string, id: string): Promise<string | undefined> {
    const key = runKey(service, id);
    const leases = this.store.cluster?.leases;
    for (const began = performance.now(); ;) {
      await this.sweep.finished(key);
      if (!leases || this.held.has(key)) return undefined;
      const owner = await leases.find(key);
      // When a store has lost its leases, their owners restore them with their next look.
      const isOver = owner === undefined && performance.now() - began > this.look_ms * 2;
      if (owner !== this.owner && (owner ?? isOver)) return owner;
      if (owner === undefined && !(await this.sweep.isUnfinished(key))) return undefined;
      // The lease is being seized, restored or released.
      await pause(WAIT_MS, undefined, { ref: false });
    }
  }

  /** Waits until no other process works on a run, and takes its lease. @throws the signal's reason; Fault `store.unavailable` */
  async acquire(service: string, id: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      if (await this.hold(service, id)) break;
      await pause(WAIT_MS, undefined, { signal, ref: false });
    }
    if (!signal.aborted) return;
    this.handOver(service, id);
    throw signal.reason as Error;
  }

  /**
   * Waits until no process has the lock `key` and takes it; the returned function releases it. `waiting` is called when it
   * has to wait. The lock of a process that dies is released as its runs are ended, after the time of a lease.
   *
   * @throws the signal's reason; Fault `store.unavailable`
   */
  async lock(key: string, signal: AbortSignal, waiting: () => void = () => undefined): Promise<() => void> {
    this.locking ??= this.keep(LOCKS);
    await this.locking.catch((error: unknown) => {
      this.locking = undefined;
      throw error;
    });
    if (!(await this.hold(LOCKS.service, key))) {
      waiting();
      await this.acquire(LOCKS.service, key, signal);
    }
    return () => this.handOver(LOCKS.service, key);
  }

  /**
   * Publishes something about a run as its one writer: the first call takes the lease, the last one releases it. An end
   * that cannot be published now is published later.
   *
   * @throws Fault `store.unavailable` when this process may have been taken for dead; what `publish` throws
   */
  tell<T>(service: string, id: string, isLast: boolean, publish: () => Promise<T>): Promise<T> {
    const key = runKey(service, id);
    const { state } = this.held.get(key) ?? this.held.begin(key);
    const isOurs = state === 'going' && this.life.isSure;
    const telling = isOurs ? publish() : Promise.reject<T>(new Fault('store.unavailable', { run: id }));
    telling.then(
      () => isLast && this.held.release(key),
      () => isLast && this.held.tellLater(key, publish),
    );
    return telling;
  }

  /** Stops working on a run; its handler publishes an end that could not be published. */
  leave(service: string, id: string): void {
    this.held.tellLater(runKey(service, id));
  }

  /** Releases the lease of a run that is not over: the next process to take it may publish. */
  handOver(service: string, id: string): void {
    this.held.release(runKey(service, id));
  }

  /** Leaves the remaining runs of this process to the others. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.store.cluster?.node.leave();
  }
}
