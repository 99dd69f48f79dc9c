import { Fault, type RealtimeConfig, type ServiceAddress } from '@switchyard/contract';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import { clientFault } from '../client.faults.js';
import type { HttpDoor } from '../http/http.door.js';
import { TimerSet } from '../timer/timer.set.js';

/** The server's configuration, fetched on first use and asked for until it is there. */
export class ConfigSource {
  private config?: Promise<RealtimeConfig>;
  private abandon?: (reason: unknown) => void;
  private readonly timers = new TimerSet();
  private readonly listeners = new Set<(failures: number) => void>();

  constructor(
    private readonly http: Pick<HttpDoor, 'config'>,
    private readonly backoff: BackoffOptions,
  ) {}

  /**
   * Where a service is; `onFailure` hears of every failed attempt to learn it.
   *
   * @throws Fault `service.unknown`, `client.closed`
   */
  async address(service: string, onFailure: (failures: number) => void): Promise<ServiceAddress> {
    this.listeners.add(onFailure);
    try {
      this.config ??= this.fetch();
      const { services } = await this.config;
      if (!Object.hasOwn(services, service)) throw new Fault('service.unknown', { service });
      return services[service]!;
    } finally {
      this.listeners.delete(onFailure);
    }
  }

  close(): void {
    this.timers.close();
    this.abandon?.(clientFault('client.closed'));
  }

  private fetch(): Promise<RealtimeConfig> {
    return new Promise((resolve, reject) => {
      this.abandon = reject;
      const attempt = (failures: number) => {
        this.http.config().then(resolve, () => {
          this.listeners.forEach((listener) => listener(failures + 1));
          this.timers.after(backoffDelay(this.backoff, failures), () => attempt(failures + 1));
        });
      };
      attempt(0);
    });
  }
}
