import { Fault, RemoteFault, type RealtimeConfig, type ServiceAddress } from '@switchyard/contract';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import { stopwatch } from '../clock/stopwatch.js';
import { clientFault } from '../faults/client.faults.js';
import type { HttpApi } from '../http/http.api.js';
import { TimerSet } from '../timer/timer.set.js';

/** The longest wait between two failed requests, as a multiple of the longest wait between two connections. */
const MAX_WAIT_FACTOR = 5;

/** How old an answer may be, in ms, when a service is first used: the server tells clients of changes since then. */
const MAX_AGE_MS = 5000;

interface Waiting {
  resolve(config: RealtimeConfig): void;
  reject(fault: Fault | RemoteFault): void;
}

/** What to do after refused requests. */
export interface RefusedRequests {
  /** Whether another request would be refused too. */
  isFinal(refusal: RemoteFault): boolean;
  /** The least wait before another request, in milliseconds. */
  retryDelay(): number;
}

/** Receives the number of failed requests in a row, after each of them. */
export type OnFailure = (failures: number) => void;

/**
 * Fetches the server's configuration, with one request for all services that wait for it, until the server answers or
 * refuses for good.
 */
export class ConfigSource {
  private config?: RealtimeConfig;
  /** The milliseconds since it was asked for. */
  private age = () => Infinity;
  private waiting: Waiting[] = [];
  private failures = 0;
  private isAsking = false;
  private askedAt = -Infinity;
  private cancelNext?: () => void;
  private closed = false;
  private readonly timers = new TimerSet();
  private readonly listeners = new Set<OnFailure>();

  constructor(
    private readonly http: Pick<HttpApi, 'config'>,
    private readonly backoff: BackoffOptions,
    private readonly refused: RefusedRequests,
  ) {}

  /**
   * Gives a service's address, as a recent answer has it, or else the next one; `onFailure` is called after each failed
   * request for it.
   *
   * @throws Fault `service.unknown`, `client.closed`; RemoteFault when the server refuses for good
   */
  async address(service: string, onFailure: OnFailure): Promise<ServiceAddress> {
    this.listeners.add(onFailure);
    try {
      const isRecent = this.age() < MAX_AGE_MS;
      return addressIn((isRecent && this.config) || (await this.ask(0)), service);
    } finally {
      this.listeners.delete(onFailure);
    }
  }

  /**
   * Asks the server for a service's current address. `isReachable` says that the server answers again, which ends the
   * long wait after failed requests.
   *
   * @throws Fault `service.unknown`, `client.closed`; RemoteFault when the server refuses for good
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
      // A request in flight may carry an older answer than this caller needs, so the caller gets the next request.
      if (!this.isAsking && (sooner || !this.cancelNext)) this.schedule(delayMs);
    });
  }

  private schedule(delayMs: number): void {
    this.cancelNext?.();
    this.cancelNext = this.timers.after(delayMs, () => void this.send());
  }

  private async send(): Promise<void> {
    const callers = this.waiting.splice(0);
    this.cancelNext = undefined;
    this.isAsking = true;
    this.askedAt = performance.now();
    const age = stopwatch();
    try {
      const config = (this.config = await this.http.config());
      this.age = age;
      this.failures = 0;
      callers.forEach(({ resolve }) => resolve(config));
    } catch (thrown) {
      if (thrown instanceof RemoteFault && this.refused.isFinal(thrown))
        callers.forEach(({ reject }) => reject(thrown));
      else this.repeat(callers);
    }
    this.isAsking = false;
    if (this.closed) this.close();
    else if (this.waiting.length > 0) this.schedule(this.pause());
  }

  private repeat(callers: Waiting[]): void {
    this.failures += 1;
    this.listeners.forEach((listener) => listener(this.failures));
    this.waiting.unshift(...callers);
  }

  /** Random, so that pages cut off together ask at different moments; longer than the wait between connections. */
  private pause(): number {
    const { minMs, maxMs } = this.backoff;
    if (this.failures > 0) {
      const delayMs = backoffDelay({ minMs, maxMs: MAX_WAIT_FACTOR * maxMs }, this.failures - 1);
      return Math.max(delayMs, this.refused.retryDelay());
    }
    return Math.max(0, this.askedAt + 2 * maxMs - performance.now()) + Math.random() * minMs;
  }
}

function addressIn({ services }: RealtimeConfig, service: string): ServiceAddress {
  if (!Object.hasOwn(services, service)) throw new Fault('service.unknown', { service });
  return services[service]!;
}
