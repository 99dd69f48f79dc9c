import type { ClusterNode } from '../store/cluster.js';

/** How long a process counts as alive after a heartbeat, as a part of the lease time. */
const ALIVE_PART = 0.4;
/** How long a process without a heartbeat may go on, as a part of the lease time; it stops before others end its runs. */
const SURE_PART = 0.7;

/** Knows whether other processes may have taken this process, an owner of leases, for dead. */
export class OwnerLife {
  /** How long a process may be silent before it looks dead, in ms. */
  readonly silent_ms: number;

  constructor(
    private readonly node: Pick<ClusterNode, 'beatAt'> | undefined,
    private readonly lease_ms: number,
  ) {
    this.silent_ms = lease_ms * ALIVE_PART;
  }

  /** Whether this process is sure that no other one has taken it for dead. */
  get isSure(): boolean {
    return !this.node || performance.now() - this.node.beatAt < this.lease_ms * SURE_PART;
  }
}
