import { Fault, RemoteFault, type RealtimeConfig, type ServiceAddress } from '@switchyard/contract';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import { stopwatch } from '../clock/stopwatch.js';
import { clientFault } from '../faults/client.faults.js';
import type { HttpApi } from '../http/http.api.js';
import type { TokenKeeper } from '../identity/token.keeper.js';
import { TimerSet } from '../timer/timer.set.js';
import { endsConnection } from '../transport/refusal.js';

/** The longest wait between two failed requests, as a multiple of the longest wait between two connections. */
const MAX_WAIT_FACTOR = 5;

/** How old an answer may be, in ms, when a service is first used: the server tells clients of changes since then. */
const MAX_AGE_MS = 5000;

/** After how many unusable configurations in a row those who wait for one get the reason. */
const MAX_UNUSABLE = 5;

/** Receives the number of failed requests in a row, after each of them. */
export type OnFailure = (failures: number) => void;

interface Waiting {
  resolve(config: RealtimeConfig): void;
  reject(fault: Fault | RemoteFault): void;
  onFailure?: OnFailure;
}

/**
 * Fetches the server's configuration, with one request for all services that wait for it, until the server answers or
 * refuses for good.
 */
export class ConfigSource {
  #config?: RealtimeConfig;
  /** The milliseconds since it was asked for. */
  #age = () => Infinity;
  #waiting: Waiting[] = [];
  #failures = 0;
  /** How many of them in a row brought a configuration that this client cannot use. */
  #unusable = 0;
  #isAsking = false;
  #askedAt = -Infinity;
  #cancelNext?: () => void;
  #closed = false;
  readonly #timers = new TimerSet();

  constructor(
    private readonly http: Pick<HttpApi, 'config'>,
    private readonly backoff: BackoffOptions,
    private readonly tokens: Pick<TokenKeeper, 'renewable' | 'retryDelay'>,
  ) {}

  /**
   * Gives a service's address, as a recent answer has it, or else the next one; `onFailure` is called after each failed
   * request for it.
   *
   * @throws Fault `service.unknown`, `config.unusable` after five such answers in a row, `client.closed`; RemoteFault when
   * the server refuses for good
   */
  async address(service: string, onFailure: OnFailure): Promise<ServiceAddress> {
    const isRecent = this.#age() < MAX_AGE_MS;
    const delayMs = this.#failures && this.#pause();
    return addressIn((isRecent && this.#config) || (await this.#ask(delayMs, false, onFailure)), service);
  }

  /**
   * Asks the server for a service's current address. `isReachable` says that the server answers again, which ends the
   * long wait after failed requests.
   *
   * @throws as `address`
   */
  async latest(service: string, isReachable: boolean): Promise<ServiceAddress> {
    if (isReachable) this.#failures = 0;
    return addressIn(await this.#ask(this.#pause(), isReachable), service);
  }

  /** The path of Socket.IO on the server. */
  get socketioPath(): string {
    return this.#config?.socketio_path ?? '/socket.io/';
  }

  close(): void {
    this.#closed = true;
    this.#timers.close();
    this.#waiting.splice(0).forEach(({ reject }) => reject(clientFault('client.closed')));
  }

  #ask(delayMs: number, sooner: boolean, onFailure?: OnFailure): Promise<RealtimeConfig> {
    if (this.#closed) return Promise.reject(clientFault('client.closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject, onFailure });
      // A request in flight may carry an older answer than this caller needs, so the caller gets the next request.
      if (!this.#isAsking && (sooner || !this.#cancelNext)) this.#schedule(delayMs);
    });
  }

  #schedule(delayMs: number): void {
    this.#cancelNext?.();
    this.#cancelNext = this.#timers.after(delayMs, () => void this.#send());
  }

  async #send(): Promise<void> {
    const callers = this.#waiting.splice(0);
    this.#cancelNext = undefined;
    this.#isAsking = true;
    this.#askedAt = performance.now();
    const age = stopwatch();
    try {
      const config = (this.#config = await this.http.config());
      this.#age = age;
      this.#failures = this.#unusable = 0;
      callers.forEach(({ resolve }) => resolve(config));
    } catch (thrown) {
      const isFinal = thrown instanceof RemoteFault && endsConnection(thrown, this.tokens.renewable);
      if (!isFinal) {
        this.#failures += 1;
        this.#unusable = isUnusable(thrown) ? this.#unusable + 1 : 0;
        [...callers, ...this.#waiting].forEach(({ onFailure }) => onFailure?.(this.#failures));
      }
      if (isFinal || this.#unusable >= MAX_UNUSABLE) callers.forEach(({ reject }) => reject(thrown as Fault));
      else this.#waiting.unshift(...callers);
    }
    this.#isAsking = false;
    if (this.#closed) this.close();
    else if (this.#waiting.length > 0) this.#schedule(this.#pause());
  }

  /** Random, so that pages cut off together ask at different moments; longer than the wait between connections. */
  #pause(): number {
    const { minMs, maxMs } = this.backoff;
    if (this.#failures > 0) {
      const delayMs = backoffDelay(this.backoff, this.#failures - 1, MAX_WAIT_FACTOR);
      return Math.max(delayMs, this.tokens.retryDelay());
    }
    return Math.max(0, this.#askedAt + 2 * maxMs - performance.now()) + Math.random() * minMs;
  }
}

function addressIn({ services }: RealtimeConfig, service: string): ServiceAddress {
  if (!Object.hasOwn(services, service)) throw new Fault('service.unknown', { service });
  const address = services[service];
  if (typeof address?.namespace === 'string') return address;
  throw clientFault('config.unusable', undefined, { service, reason: 'no namespace' });
}

function isUnusable(thrown: unknown): boolean {
  return thrown instanceof Fault && thrown.code === 'config.unusable';
}
