import { randomUUID } from 'node:crypto';
import type { LeaseStore } from '../store/store.js';

/** The parts of a lease's time: how long a process counts as alive after it has said so … */
const ALIVE_PART = 0.4;
/** … and how long it may go without having said so before it must take itself for dead, which is before others act. */
const SURE_PART = 0.7;

/** This process as an owner of leases: it says that it is alive, and knows whether others can have taken it for dead. */
export class OwnerLife {
  /** Who this process is, where leases are concerned. */
  readonly owner = randomUUID();
  private aliveAt = performance.now();

  constructor(
    private readonly leases: LeaseStore | undefined,
    private readonly lease_ms: number,
  ) {}

  /** Whether others cannot have taken this process for dead. */
  get isSure(): boolean {
    return !this.leases || performance.now() - this.aliveAt < this.lease_ms * SURE_PART;
  }

  /** Says that this process is alive. @throws Fault `store.unavailable` */
  async renew(): Promise<void> {
    const at = performance.now();
    await this.leases?.live(this.owner, this.lease_ms * ALIVE_PART);
    this.aliveAt = at;
  }

  /** Says that this process has ended. */
  async leave(): Promise<void> {
    await this.leases?.leave(this.owner).catch(() => undefined);
  }
}
