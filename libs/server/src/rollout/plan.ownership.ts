import type { RunLeases } from '../runs/run.leases.js';

const SERVICE = 'rollout-plans';
const ID = 'all';

/** Whether this process is the one that advances plans; another one takes over within the lease time of a dead owner. */
export class PlanOwnership {
  private watching: Promise<void> | undefined;
  private isOwner = false;

  constructor(private readonly leases: RunLeases) {}

  /** Becomes the owner if there is none, and answers whether this process is it. @throws Fault `store.unavailable` */
  async take(): Promise<boolean> {
    this.watching ??= this.leases.watchOrphans({
      service: SERVICE,
      unfinished: () => Promise.resolve([]),
      isUnfinished: () => Promise.resolve(false),
      end: () => Promise.resolve(),
      lost: () => this.release(),
    });
    await this.watching.catch((error: unknown) => {
      this.watching = undefined;
      throw error;
    });
    return (this.isOwner ||= await this.leases.hold(SERVICE, ID));
  }

  /** Lets another process be the owner. */
  release(): void {
    if (!this.isOwner) return;
    this.isOwner = false;
    this.leases.handOver(SERVICE, ID);
  }
}
