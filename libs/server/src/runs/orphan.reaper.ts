import { Logger } from '@nestjs/common';
import { DeadNodes } from '../cluster/dead.nodes.js';
import type { Lease, LeaseStore } from '../store/lease.store.js';
import type { OwnedLeases } from './owned.leases.js';
import type { OrphanHandler } from './orphan.handler.js';
import { runKey, runOf } from './run.key.js';

/** After how many looks it is also looked for runs that have lost their lease, or what would have taken it. */
const LOOKS_BETWEEN = 30;

/** How often in a row an owner has to look dead before its runs are ended. */
const LOOKS_OF_DEAD = 3;

/** Ends the runs that nobody works on: those of dead processes, and those of this one that it could not end before. */
export class OrphanReaper {
  private readonly logger = new Logger('runs');
  private readonly keepers = new Map<string, OrphanHandler>();
  /** The runs that are being ended in the place of somebody who is gone, or who could not tell. */
  private readonly finishing = new Map<string, Promise<void>>();
  private readonly deadOwners = new DeadNodes(LOOKS_OF_DEAD);
  private looks = 0;
  /** The runs that nobody worked on when that was last looked for. */
  private idle = new Set<string>();
  private looking = false;

  constructor(
    private readonly leases: LeaseStore | undefined,
    private readonly held: OwnedLeases,
    private readonly owner: string,
    /** How long an owner may be silent before it looks dead, in ms. */
    private readonly silent_ms: number,
  ) {}

  /** Ends the runs of a service that nobody works on, now and with each look. @throws Fault `store.unavailable` */
  async add(keeper: OrphanHandler): Promise<void> {
    this.keepers.set(keeper.service, keeper);
    await this.endIdle(keeper, () => true);
  }

  /** Resolves once this process does not end the run of this key in somebody's place any more. */
  async finished(key: string): Promise<void> {
    await this.finishing.get(key);
  }

  /** Whether a run is stored as going on. */
  async isUnfinished(key: string): Promise<boolean> {
    const { service, id } = runOf(key);
    return (await this.keepers.get(service)?.isUnfinished(id)) ?? false;
  }

  /** Looks at all runs once, unless that is still under way; what a store that is away keeps from being done is left. */
  async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      await this.lookAtAll();
    } catch {
      // What was seen before the store went away says nothing about now.
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
    // Twice in a row: when Redis has lost its leases, those who work on the runs are about to have them again.
    for (const keeper of this.keepers.values())
      for (const key of await this.endIdle(keeper, (key) => this.idle.has(key))) idle.add(key);
    this.idle = idle;
  }

  /** Ends the runs that nobody works on, as far as `may` says so; returns the keys of all of them. */
  private async endIdle(keeper: OrphanHandler, may: (key: string) => boolean): Promise<string[]> {
    // In this order: a run that ends in between has been given back, and one that begins is not in the list.
    const leased = new Set((await this.leases?.list(this.silent_ms))?.map(({ key }) => key));
    const keys = (await keeper.unfinished()).map((id) => runKey(keeper.service, id));
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
      const keeper = this.keepers.get(service);
      await keeper?.lost(id);
      // What was on its way when this process stood still may have come after the end.
      await keeper?.end(id).catch((error: unknown) => this.logger.warn(`unable to end ${key}; ${String(error)}`));
    }
  }

  private async endOrphans(listed: readonly Lease[]): Promise<void> {
    const others = listed.filter(({ isAlive, owner }) => !isAlive && owner !== this.owner);
    const dead = this.deadOwners.look(others.map(({ owner }) => owner));
    for (const { key, owner } of others) {
      if (!dead.has(owner) || !this.keepers.has(runOf(key).service)) continue;
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
      if (!ending) await this.keepers.get(service)?.end(id);
      // It may have been stored, with only the answer lost.
      else if (await this.isUnfinished(key)) await ending();
      if (this.held.get(key) === held) this.held.release(key);
    } catch (error) {
      this.logger.warn(`unable to end ${key}, trying again; ${String(error)}`);
      this.held.tellLater(key);
    }
  }
}
