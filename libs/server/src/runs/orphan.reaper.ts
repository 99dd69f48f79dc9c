import { Logger } from '@nestjs/common';
import { DeadNodes } from '../cluster/dead.nodes.js';
import type { Lease, LeaseStore } from '../store/lease.store.js';
import type { OwnedLeases } from './owned.leases.js';
import type { OrphanHandler } from './orphan.handler.js';
import { runKey, runOf } from './run.key.js';

/** How many looks pass between two searches for runs without a lease. */
const LOOKS_BETWEEN = 30;

/** How many looks in a row must find an owner dead before its runs are ended. */
export const LOOKS_OF_DEAD = 3;

/** Ends orphans: the runs of dead processes, and runs whose end this process could not publish before. */
export class OrphanReaper {
  private readonly logger = new Logger('runs');
  private readonly handlers = new Map<string, OrphanHandler>();
  /** The ends that this process is publishing, by the keys of the orphans. */
  private readonly ending = new Map<string, Promise<void>>();
  private readonly deadOwners = new DeadNodes(LOOKS_OF_DEAD);
  private looks = 0;
  /** The runs that had no lease at the last search. */
  private unleased = new Set<string>();
  private isLooking = false;

  constructor(
    private readonly leases: LeaseStore | undefined,
    private readonly owned: OwnedLeases,
    private readonly owner: string,
    /** How long an owner may be silent before it looks dead, in ms. */
    private readonly silent_ms: number,
  ) {}

  /** Ends the orphans of a service, now and with each look. @throws Fault `store.unavailable` */
  async add(handler: OrphanHandler): Promise<void> {
    this.handlers.set(handler.service, handler);
    await this.endUnleased(handler, () => true);
  }

  /** Waits while this process ends the orphan of this key. */
  async ended(key: string): Promise<void> {
    await this.ending.get(key);
  }

  /** Whether a stored run has not ended. */
  async isUnfinished(key: string): Promise<boolean> {
    const { service, id } = runOf(key);
    return (await this.handlers.get(service)?.isUnfinished(id)) ?? false;
  }

  /** Looks at all runs, unless a look is under way; if the store is away, the next look does the work. */
  async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      await this.lookAtAll();
    } catch {
      // The store was away: what it said before may no longer hold.
      this.deadOwners.clear();
      this.unleased.clear();
    } finally {
      this.isLooking = false;
    }
  }

  private async lookAtAll(): Promise<void> {
    for (const [key, { state }] of this.owned.list()) if (state === 'unpublished') await this.endRun(key);
    if (!this.leases) return;
    await this.owned.retryReleases();
    const listed = await this.leases.list(this.silent_ms);
    await this.checkOwnLeases(new Set(listed.filter(({ owner }) => owner === this.owner).map(({ key }) => key)));
    await this.endOrphans(listed);
    this.looks += 1;
    if (this.looks % LOOKS_BETWEEN > 0) return;
    const unleased = new Set<string>();
    // A run must lack a lease in two searches in a row: after Redis has lost its leases, their owners take them again.
    for (const handler of this.handlers.values())
      for (const key of await this.endUnleased(handler, (key) => this.unleased.has(key))) unleased.add(key);
    this.unleased = unleased;
  }

  /** Ends the runs without a lease that `may` allows; returns the keys of all runs without a lease. */
  private async endUnleased(handler: OrphanHandler, may: (key: string) => boolean): Promise<string[]> {
    // List the leases before the runs: a run that ends in between is then not unfinished any more. The lease of a run
    // that begins in between cannot be taken.
    const leased = new Set((await this.leases?.list(this.silent_ms))?.map(({ key }) => key));
    const keys = (await handler.unfinished()).map((id) => runKey(handler.service, id));
    const unleased = keys.filter((key) => !leased.has(key) && !this.owned.has(key));
    for (const key of unleased) {
      if (!may(key) || this.owned.has(key) || !(await this.owned.take(key))) continue;
      this.owned.adopt(key);
      await this.endRun(key);
    }
    return unleased;
  }

  private async checkOwnLeases(listed: ReadonlySet<string>): Promise<void> {
    for (const [key, held] of this.owned.list()) {
      if (listed.has(key) || !held.isAnswered || held.state !== 'running' || this.owned.get(key) !== held) continue;
      if (await this.leases!.keep(key, this.owner)) continue;
      held.state = 'lost';
      const { service, id } = runOf(key);
      this.logger.warn(`${key} was ended by another process, which took this one for dead`);
      const handler = this.handlers.get(service);
      await handler?.lost(id);
      // An event of this process may have followed the end that the other process published; so end the run once more.
      await handler?.end(id).catch((error: unknown) => this.logger.warn(`unable to end ${key}; ${String(error)}`));
    }
  }

  private async endOrphans(listed: readonly Lease[]): Promise<void> {
    const others = listed.filter(({ isAlive, owner }) => !isAlive && owner !== this.owner);
    const dead = this.deadOwners.look(others.map(({ owner }) => owner));
    for (const { key, owner } of others) {
      if (!dead.has(owner) || !this.handlers.has(runOf(key).service)) continue;
      if (!(await this.leases!.seize(key, this.owner, owner, this.silent_ms))) continue;
      this.owned.adopt(key);
      this.logger.log(`ending ${key}, whose process is gone`);
      await this.endRun(key);
    }
  }

  private async endRun(key: string): Promise<void> {
    const ending = this.end(key);
    this.ending.set(key, ending);
    await ending;
    this.ending.delete(key);
  }

  private async end(key: string): Promise<void> {
    const held = this.owned.get(key);
    const { service, id } = runOf(key);
    const ending = held?.ending;
    if (held) held.state = 'running';
    try {
      if (!ending) await this.handlers.get(service)?.end(id);
      // The end may have been stored although the answer was lost.
      else if (await this.isUnfinished(key)) await ending();
      if (this.owned.get(key) === held) this.owned.release(key);
    } catch (error) {
      this.logger.warn(`unable to end ${key}, trying again; ${String(error)}`);
      this.owned.publishEndLater(key);
    }
  }
}
