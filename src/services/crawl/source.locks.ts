import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RunLeases } from '@switchyard/server';

/** What the leases of sources are kept under. */
const LOCKS = 'crawl-sources';

/** Lets only one run at a time write to a source, of all processes. */
@Injectable()
export class SourceLocks implements OnApplicationBootstrap {
  constructor(private readonly leases: RunLeases) {}

  /** Has the sources freed that a process had when it died. */
  async onApplicationBootstrap(): Promise<void> {
    await this.leases.keep({
      service: LOCKS,
      unfinished: async () => [],
      isUnfinished: async () => false,
      end: async () => undefined,
      lost: () => undefined,
    });
  }

  /**
   * Waits for the source to be free, and says so first if it has to; call what is returned to free it.
   *
   * @throws the signal's reason when it is aborted; Fault `store.unavailable`
   */
  async take(source_id: string, signal: AbortSignal, waiting: () => void): Promise<() => void> {
    if (!(await this.leases.hold(LOCKS, source_id))) {
      waiting();
      await this.leases.acquire(LOCKS, source_id, signal);
    }
    return () => this.leases.handOver(LOCKS, source_id);
  }
}
