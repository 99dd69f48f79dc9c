import type { ClusterNode } from '../store/cluster.js';

/** The parts of a lease's time: how long a process counts as alive after a heartbeat … */
const ALIVE_PART = 0.4;
/** … and how long it may go without one before it must take itself for dead, which is before others act. */
const SURE_PART = 0.7;

/** This process as an owner of leases: it knows whether other processes can have taken it for dead. */
export class OwnerLife {
  /** How long a process may be silent before it looks dead, in ms. */
  readonly silent_ms: number;

  constructor(
    private readonly node: Pick<ClusterNode, 'beatAt'> | undefined,
    private readonly lease_ms: number,
  ) {
    this.silent_ms = lease_ms * ALIVE_PART;
  }

  /** Whether others cannot have taken this process for dead. */
  get isSure(): boolean {
    return !this.node || performance.now() - this.node.beatAt < this.lease_ms * SURE_PART;
  }
}
