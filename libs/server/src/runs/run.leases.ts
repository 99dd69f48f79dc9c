import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { DEFAULT_OPTIONS } from '../options/default.options.js';
import { REALTIME_OPTIONS, type ResolvedOptions } from '../options/realtime.options.js';
import { STORE, type Store } from '../store/store.js';
import { timerMs } from '../timer/long.timer.js';
import { OwnedLeases } from './owned.leases.js';
import { OwnerLife } from './owner.life.js';
import type { OrphanHandler } from './orphan.handler.js';
import { runKey } from './run.key.js';
import { OrphanReaper } from './orphan.reaper.js';

/** The time between two heartbeats, and between two looks at the others, as a part of that time. */
const LOOK_PART = 0.2;
/** How long to wait before looking at a lease again, in ms. */
const WAIT_MS = 100;

/** A lock is the lease of a run that is not stored: when its owner dies, the lease is released and nothing else happens. */
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
  private readonly owned: OwnedLeases;
  private readonly reaper: OrphanReaper;
  private readonly look_ms: number;
  private timer: NodeJS.Timeout | undefined;
  private locking: Promise<void> | undefined;

  constructor(
    @Inject(STORE) private readonly store: Pick<Store, 'node' | 'cluster'>,
    @Inject(REALTIME_OPTIONS) { runLeaseMs = DEFAULT_OPTIONS.runLeaseMs }: Partial<Pick<ResolvedOptions, 'runLeaseMs'>>,
  ) {
    const leases = store.cluster?.leases;
    this.life = new OwnerLife(store.cluster?.node, runLeaseMs);
    this.owned = new OwnedLeases(leases, this.owner);
    this.reaper = new OrphanReaper(leases, this.owned, this.owner, this.life.silent_ms);
    this.look_ms = runLeaseMs * LOOK_PART;
  }

  /** The id of this process as an owner of leases. */
  get owner(): string {
    return this.store.node;
  }

  /** Ends the orphans of a service, now and later. @throws Fault `store.unavailable` */
  async watchOrphans(handler: OrphanHandler): Promise<void> {
    const node = this.store.cluster?.node;
    await node?.beat();
    if (!this.timer) {
      node?.beatEvery(this.look_ms);
      this.timer = setInterval(() => void this.reaper.look(), timerMs(this.look_ms)).unref();
    }
    await this.reaper.add(handler);
  }

  /** Takes the lease of a run that begins; false when the run goes on already, in any process. @throws Fault `store.unavailable` */
  hold(service: string, id: string): Promise<boolean> {
    return this.owned.hold(runKey(service, id));
  }

  /** Finds the other process that works on a run; undefined when this process does, or none. @throws Fault `store.unavailable` */
  async remoteOwner(service: string, id: string): Promise<string | undefined> {
    const key = runKey(service, id);
    const leases = this.store.cluster?.leases;
    for (const began = performance.now(); ;) {
      await this.reaper.ended(key);
      if (!leases || this.owned.has(key)) return undefined;
      const owner = await leases.find(key);
      // If the store has lost its leases, their owners restore them with their next look.
      const isOver = owner === undefined && performance.now() - began > this.look_ms * 2;
      if (owner !== this.owner && (owner ?? isOver)) return owner;
      if (owner === undefined && !(await this.reaper.isUnfinished(key))) return undefined;
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
   * Takes the lock `key`, and returns the function that releases it. If another owner has the lock, calls `waiting` and
   * waits. The lock of a dead process is released after the lease time, as its runs end.
   *
   * @throws the signal's reason; Fault `store.unavailable`
   */
  async lock(key: string, signal: AbortSignal, waiting: () => void = () => undefined): Promise<() => void> {
    this.locking ??= this.watchOrphans(LOCKS);
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
   * Publishes an event of a run as its only writer: the first event takes the lease, and the last one releases it. A last
   * event that cannot be published now is published later.
   *
   * @throws Fault `store.unavailable` when this process may have been taken for dead; what `publish` throws
   */
  publish<T>(service: string, id: string, isLast: boolean, publish: () => Promise<T>): Promise<T> {
    const key = runKey(service, id);
    const { state } = this.owned.get(key) ?? this.owned.begin(key);
    const mayPublish = state === 'running' && this.life.isSure;
    const publishing = mayPublish ? publish() : Promise.reject<T>(new Fault('store.unavailable', { run: id }));
    publishing.then(
      () => isLast && this.owned.release(key),
      () => isLast && this.owned.publishEndLater(key, publish),
    );
    return publishing;
  }

  /** Stops the work on a run; if its end could not be published, its handler publishes one. */
  leave(service: string, id: string): void {
    this.owned.publishEndLater(runKey(service, id));
  }

  /** Releases the lease of a run that goes on later: the next process to take it may publish. */
  handOver(service: string, id: string): void {
    this.owned.release(runKey(service, id));
  }

  /** Leaves the remaining runs of this process to the other processes. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.store.cluster?.node.leave();
  }
}
