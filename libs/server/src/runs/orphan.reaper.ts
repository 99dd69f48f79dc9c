import { Logger } from '@nestjs/common';
import { DeadNodes } from '../cluster/dead.nodes.js';
import type { Lease, LeaseStore } from '../store/lease.store.js';
import type { OwnedLeases } from './owned.leases.js';
import type { OrphanHandler } from './orphan.handler.js';
import { runKey, runOf } from './run.key.js';

/** How many looks pass between two searches for runs without a lease. */
const LOOKS_BETWEEN = 30;

/** How many looks in a row must find an owner dead before its runs are ended. */
const LOOKS_OF_DEAD = 3;

/** Ends orphans: the runs of dead processes, and runs whose end this process could not publish before. */
export class OrphanReaper {
  private readonly logger = new Logger('runs');
  private readonly handlers = new Map<string, OrphanHandler>();
  /** The orphans that this process is ending. */
  private readonly finishing = new Map<string, Promise<void>>();
  private readonly deadOwners = new DeadNodes(LOOKS_OF_DEAD);
  private looks = 0;
  /** The runs that had no lease at the last search. */
  private idle = new Set<string>();
  private looking = false;

  constructor(
    private readonly leases: LeaseStore | undefined,
    private readonly held: OwnedLeases,
    private readonly owner: string,
    /** How long an owner may be silent before it looks dead, in ms. */
    private readonly silent_ms: number,
  ) {}

  /** Ends the orphans of a service, now and with each look. @throws Fault `store.unavailable` */
  async add(handler: OrphanHandler): Promise<void> {
    this.handlers.set(handler.service, handler);
    await this.endIdle(handler, () => true);
  }

  /** Resolves once this process has ended the orphan of this key; at once if it is not ending it. */
  async finished(key: string): Promise<void> {
    await this.finishing.get(key);
  }

  /** Whether a stored run has not ended. */
  async isUnfinished(key: string): Promise<boolean> {
    const { service, id } = runOf(key);
    return (await this.handlers.get(service)?.isUnfinished(id)) ?? false;
  }

  /** Looks at all runs once, unless a look is running; if the store is away, the next look does the work. */
  async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      await this.lookAtAll();
    } catch {
      // Results from before the store went away are worth nothing now.
      this.deadOwners.clear();
      this.idle.clear();
    } finally {
      this.looking = false;
    }
  }

  private async lookAtAll(): Promise<void> {
    for (const [key, { state }] of this.held.list()) if (state === 'untold') await this.finish(key);
    if (!this.leases) return;
    await this.held.releaseLeft();
    const listed = await this.leases.list(this.silent_ms);
    await this.checkOwn(new Set(listed.filter(({ owner }) => owner === this.owner).map(({ key }) => key)));
    await this.endOrphans(listed);
    this.looks += 1;
    if (this.looks % LOOKS_BETWEEN > 0) return;
    const idle = new Set<string>();
    // A run must be found twice in a row: after Redis has lost its leases, the owners take them again.
    for (const handler of this.handlers.values())
      for (const key of await this.endIdle(handler, (key) => this.idle.has(key))) idle.add(key);
    this.idle = idle;
  }

  /** Ends the runs without a lease that `may` allows; returns the keys of all runs without a lease. */
  private async endIdle(handler: OrphanHandler, may: (key: string) => boolean): Promise<string[]> {
    // Leases first: a run that ends in between is not listed any more, and a run that begins is not listed yet.
    const leased = new Set((await this.leases?.list(this.silent_ms))?.map(({ key }) => key));
    const keys = (await handler.unfinished()).map((id) => runKey(handler.service, id));
    const idle = keys.filter((key) => !leased.has(key) && !this.held.has(key));
    for (const key of idle) {
      if (!may(key) || this.held.has(key) || !(await this.held.take(key))) continue;
      this.held.adopt(key);
      await this.finish(key);
    }
    return idle;
  }

  private async checkOwn(listed: ReadonlySet<string>): Promise<void> {
    for (const [key, held] of this.held.list()) {
      if (listed.has(key) || !held.isAnswered || held.state !== 'going' || this.held.get(key) !== held) continue;
      if (await this.leases!.keep(key, this.owner)) continue;
      held.state = 'lost';
      const { service, id } = runOf(key);
      this.logger.warn(`${key} was ended by another process, which took this one for dead`);
      const handler = this.handlers.get(service);
      await handler?.lost(id);
      // An event of this process may have arrived after the end that the other one published.
      await handler?.end(id).catch((error: unknown) => this.logger.warn(`unable to end ${key}; ${String(error)}`));
    }
  }

  private async endOrphans(listed: readonly Lease[]): Promise<void> {
    const others = listed.filter(({ isAlive, owner }) => !isAlive && owner !== this.owner);
    const dead = this.deadOwners.look(others.map(({ owner }) => owner));
    for (const { key, owner } of others) {
      if (!dead.has(owner) || !this.handlers.has(runOf(key).service)) continue;
      if (!(await this.leases!.seize(key, this.owner, owner, this.silent_ms))) continue;
      this.held.adopt(key);
      this.logger.log(`ending ${key}, whose process is gone`);
      await this.finish(key);
    }
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
    const ending = held?.ending;
    if (held) held.state = 'going';
    try {
      if (!ending) await this.handlers.get(service)?.end(id);
      // The end may have been stored although the answer was lost.
      else if (await this.isUnfinished(key)) await ending();
      if (this.held.get(key) === held) this.held.release(key);
    } catch (error) {
      this.logger.warn(`unable to end ${key}, trying again; ${String(error)}`);
      this.held.tellLater(key);
    }
  }
}
