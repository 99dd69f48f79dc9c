import { Fault, type RealtimeConfig, type ServiceAddress } from '@switchyard/contract';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import { clientFault } from '../faults/client.faults.js';
import type { HttpApi } from '../http/http.api.js';
import { TimerSet } from '../timer/timer.set.js';

/** How many times longer than between two connections the wait between two requests may get while none is answered. */
const MAX_PATIENCE = 5;

interface Waiting {
  resolve(config: RealtimeConfig): void;
  reject(fault: Fault): void;
}

/** Hears of every failed attempt to learn an address. */
export type OnFailure = (failures: number) => void;

/**
 * The server's configuration: one request for all services of a page that ask before it is sent, repeated until it is
 * answered, ever more rarely while it is not.
 */
export class ConfigSource {
  private config?: RealtimeConfig;
  private waiting: Waiting[] = [];
  private failures = 0;
  private asking = false;
  private askedAt = -Infinity;
  private cancelNext?: () => void;
  private closed = false;
  private readonly timers = new TimerSet();
  private readonly listeners = new Set<OnFailure>();

  constructor(
    private readonly http: Pick<HttpApi, 'config'>,
    private readonly backoff: BackoffOptions,
  ) {}

  /**
   * Where a service is, as last known; `onFailure` hears of every failed attempt to learn it.
   *
   * @throws Fault `service.unknown`, `client.closed`
   */
  async address(service: string, onFailure: OnFailure): Promise<ServiceAddress> {
    this.listeners.add(onFailure);
    try {
      return addressIn(this.config ?? (await this.ask(0)), service);
    } finally {
      this.listeners.delete(onFailure);
    }
  }

  /**
   * Where a service is now, as the server says it after this was asked. With `isReachable` the server is known to
   * answer again, and is not left alone for as long as it had not.
   *
   * @throws Fault `service.unknown`, `client.closed`
   */
  async latest(service: string, isReachable: boolean): Promise<ServiceAddress> {
    if (isReachable) this.failures = 0;
    return addressIn(await this.ask(this.pause(), isReachable), service);
  }

  close(): void {
    this.closed = true;
    this.timers.close();
    this.waiting.splice(0).forEach(({ reject }) => reject(clientFault('client.closed')));
  }

  private ask(delayMs: number, sooner = false): Promise<RealtimeConfig> {
    if (this.closed) return Promise.reject(clientFault('client.closed'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      // A request that is out may have been answered before what makes this caller ask: it gets one of its own.
      if (!this.asking && (sooner || !this.cancelNext)) this.schedule(delayMs);
    });
  }

  private schedule(delayMs: number): void {
    this.cancelNext?.();
    this.cancelNext = this.timers.after(delayMs, () => void this.send());
  }

  private async send(): Promise<void> {
    const asked = this.waiting.splice(0);
    this.cancelNext = undefined;
    this.asking = true;
    this.askedAt = performance.now();
    try {
      const config = (this.config = await this.http.config());
      this.failures = 0;
      asked.forEach(({ resolve }) => resolve(config));
    } catch {
      this.failures += 1;
      this.listeners.forEach((listener) => listener(this.failures));
      this.waiting.unshift(...asked);
    }
    this.asking = false;
    if (this.closed) this.close();
    else if (this.waiting.length > 0) this.schedule(this.pause());
  }

  /** Pages that are cut off together ask at different moments, and none asks as often as it tries to connect. */
  private pause(): number {
    const { minMs, maxMs } = this.backoff;
    if (this.failures > 0) return backoffDelay({ minMs, maxMs: MAX_PATIENCE * maxMs }, this.failures - 1);
    return Math.max(0, this.askedAt + 2 * maxMs - performance.now()) + Math.random() * minMs;
  }
}

function addressIn({ services }: RealtimeConfig, service: string): ServiceAddress {
  if (!Object.hasOwn(services, service)) throw new Fault('service.unknown', { service });
  return services[service]!;
}
