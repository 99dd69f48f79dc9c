import { setTimeout as wait } from 'node:timers/promises';
import PQueue from 'p-queue';

/** The request queue of one host. */
interface Host {
  queue: PQueue;
  /** The earliest monotonic time of the next request, in milliseconds. */
  notBefore: number;
  /** The minimum time between two request starts, in milliseconds. */
  delay_ms: number;
}

/** Limits the concurrency and rate of requests to each host, over all callers. */
export class HostQueue {
  private readonly hosts = new Map<string, Host>();

  /** @param concurrency the number of concurrent requests to one host */
  constructor(private readonly concurrency: number) {}

  /** Runs `task` when it is the host's turn. @throws the signal's reason when it is aborted while waiting */
  async run<T>(host: string, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    const { queue } = this.host(host);
    return queue.add(
      async () => {
        await this.waitForSlot(host, signal);
        return task();
      },
      { signal },
    );
  }

  /** Sets the delay between requests in milliseconds, which then run one by one; 0 removes it. */
  setDelay(host: string, delay_ms: number): void {
    const entry = this.host(host);
    entry.delay_ms = delay_ms;
    entry.queue.concurrency = delay_ms > 0 ? 1 : this.concurrency;
  }

  /** Delays all requests to the host for this many milliseconds. */
  pause(host: string, ms: number): void {
    const entry = this.host(host);
    entry.notBefore = Math.max(entry.notBefore, performance.now() + ms);
  }

  private async waitForSlot(name: string, signal: AbortSignal): Promise<void> {
    const host = this.host(name);
    for (let left = host.notBefore - performance.now(); left > 0; left = host.notBefore - performance.now()) {
      await wait(Math.ceil(left), undefined, { signal });
    }
    host.notBefore = Math.max(host.notBefore, performance.now() + host.delay_ms);
  }

  private host(name: string): Host {
    const known = this.hosts.get(name);
    if (known) return known;
    this.forgetIdle();
    const fresh = { queue: new PQueue({ concurrency: this.concurrency }), notBefore: 0, delay_ms: 0 };
    this.hosts.set(name, fresh);
    return fresh;
  }

  private forgetIdle(): void {
    const now = performance.now();
    for (const [name, { queue, notBefore, delay_ms }] of this.hosts) {
      if (queue.size === 0 && queue.pending === 0 && notBefore <= now && delay_ms === 0) this.hosts.delete(name);
    }
  }
}
