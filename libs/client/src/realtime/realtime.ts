import {
  isClientId,
  type ControlMessage,
  type Fault,
  type RemoteFault,
  type ServiceAddress,
  type WireName,
} from '@switchyard/contract';
import { BehaviorSubject, Subject, type Observable } from 'rxjs';
import { DEFAULT_BACKOFF } from '../backoff/backoff.js';
import { DEFAULT_CALL_LIMITS } from '../call/call.queue.js';
import { ServerClock } from '../clock/server.clock.js';
import { ConfigSource } from '../config/config.source.js';
import { ServiceConnection } from '../connection/service.connection.js';
import { HttpApi } from '../http/http.api.js';
import { clientIdentity } from '../identity/client.identity.js';
import { TokenKeeper } from '../identity/token.keeper.js';
import { endsConnection } from '../transport/refusal.js';
import type { WireService } from '../transport/wire.js';
import { BUILT_IN_WIRES } from '../wires/built-in.wires.js';
import { PageWires } from '../wires/page.wires.js';
import type { RealtimeOptions } from './realtime.options.js';
import { worstState, type ConnectionState } from '../connection/connection.state.js';
import { Statistics, type RealtimeStats } from '../statistics/connection.statistics.js';
import { PageReport } from '../statistics/page.report.js';
import { ServiceStatistics } from '../statistics/service.statistics.js';

/** A service that a page uses. */
export interface ServiceUse extends WireService {
  /** Whether a room with this snapshot is over, where the snapshot is no event of the contract. */
  isOver?(snapshot: object): boolean;
}

/** A page's one connection to the server, which its services share; it connects on first use. */
export class Realtime {
  readonly clientId: string;
  /** The worst state of its services. */
  readonly state$ = new BehaviorSubject<ConnectionState>('idle');
  /** The wire in use of each service that the page has used, by the service's name. */
  readonly wires$ = new BehaviorSubject<Readonly<Record<string, WireName>>>({});
  /** The server's control events about all services: a wire to move to, a drain, a token that expires. */
  readonly control$ = new Subject<ControlMessage>();
  private readonly clock = new ServerClock();
  private readonly statistics: Statistics;
  private readonly report: PageReport;
  private readonly tokens: TokenKeeper;
  private readonly http: HttpApi;
  private readonly config: ConfigSource;
  private readonly wires: PageWires;
  private readonly connectTimeoutMs: number;
  private readonly joinTimeoutMs: number;
  private readonly connections = new Map<string, ServiceConnection>();
  private closed = false;

  /** @throws TypeError when `clientId` is malformed or there is no `url` and no page. */
  constructor(private readonly options: RealtimeOptions = {}) {
    const url = (options.url ?? pageOrigin()).replace(/\/+$/, '');
    const backoff = { ...DEFAULT_BACKOFF, ...options.reconnect };
    this.clientId = options.clientId ?? clientIdentity(options.storage);
    if (!isClientId(this.clientId)) throw new TypeError('unable to create Realtime; clientId is malformed');
    this.tokens = new TokenKeeper(options.token, backoff);
    const server = { url, clientId: this.clientId, tokens: this.tokens, clock: this.clock };
    this.http = new HttpApi({ ...server, fetch: options.fetch ?? ((...request) => fetch(...request)) });
    const { config } = options;
    this.config = new ConfigSource(config ? { config: () => Promise.resolve(config) } : this.http, backoff, {
      isFinal: (refusal) => endsConnection(refusal, this.tokens.renewable),
      retryDelay: () => this.tokens.retryDelay(),
    });
    const { WebSocket, polling, timeouts } = options;
    const limits = {
      connectTimeoutMs: (this.connectTimeoutMs = timeouts?.connectMs ?? 5000),
      joinTimeoutMs: (this.joinTimeoutMs = timeouts?.joinMs ?? 10_000),
      pollIntervalMs: polling?.intervalMs ?? 3000,
    };
    this.wires = new PageWires({ ...server, ...limits, backoff, http: this.http, WebSocket }, BUILT_IN_WIRES);
    this.statistics = new Statistics(this.wires.names);
    // A page that makes its own transports may have no server.
    const everyMs = options.transports ? 0 : (options.reportEveryMs ?? 30_000);
    this.report = new PageReport(everyMs, this.clock, async (report) => {
      const { shadows = {} } = (await this.http.report(report)) ?? {};
      for (const [service, wire] of Object.entries(shadows)) this.connections.get(service)?.compareWith(wire);
    });
  }

  /** Faults that only the page can mend: its token source fails, or gives tokens that have expired. */
  get faults$(): Observable<Fault | RemoteFault> {
    return this.tokens.faults$;
  }

  /** Gives the one connection of a service. */
  connection({ isOver, ...service }: ServiceUse): ServiceConnection {
    const { contract } = service;
    const existing = this.connections.get(contract.name);
    if (existing) return existing;
    const { options, wires } = this;
    const make = options.transports ?? wires.factory(service);
    const shadows = wires.factory({ ...service, isShadow: true });
    const forced = (address: ServiceAddress) => ({ ...address, wire: options.wire ?? address.wire });
    const connection = new ServiceConnection(contract, {
      statistics: new ServiceStatistics(contract.name, this.statistics, this.report),
      isOver,
      backoff: { ...DEFAULT_BACKOFF, ...options.reconnect },
      calls: { ...DEFAULT_CALL_LIMITS, ...options.calls },
      fallbacks: options.fallbacks ?? wires.fallbacks,
      attemptsBeforeFallback: options.polling?.afterAttempts ?? 3,
      connectTimeoutMs: this.connectTimeoutMs,
      standard: wires.standard,
      path: (wire, address) => wires.path(wire, address),
      switchGraceMs: 2000,
      switchSilenceMs: this.joinTimeoutMs,
      tokens: this.tokens,
      transport: (wire, address) => make(wire, contract, address),
      shadow: options.shadow === false ? undefined : { service, transport: options.transports ?? shadows },
      isForced: options.wire !== undefined,
      address: (onFailure) => this.config.address(contract.name, onFailure).then(forced),
      latest: options.config ? undefined : (isReachable) => this.config.latest(contract.name, isReachable).then(forced),
    });
    this.connections.set(contract.name, connection);
    connection.state$.subscribe(() => this.review());
    connection.wire$.subscribe((wire) => wire && this.wires$.next({ ...this.wires$.value, [contract.name]: wire }));
    connection.control$.subscribe((message) => this.control$.next(message));
    if (this.closed) connection.close();
    return connection;
  }

  /** Asks for the current wire of a service that the page uses, and moves there. */
  reroute(service: string): void {
    this.connections.get(service)?.reroute();
  }

  /** The server's Unix time now, in milliseconds, as estimated; `stats().clock` has the largest error. */
  serverNow(): number {
    return this.clock.now();
  }

  stats(): RealtimeStats {
    const parity = Object.fromEntries([...this.report.comparisons].map(([name, { counts }]) => [name, { ...counts }]));
    return { ...this.statistics.read(), parity, wires: this.wires$.value, clock: this.clock.estimate() };
  }

  /** Ends all connections for good: rooms complete, open calls fail as `client.closed`. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.connections.forEach((connection) => connection.close());
    this.report.close();
    this.config.close();
    this.wires.close();
    this.http.close();
    this.tokens.close();
    this.state$.next('disconnected');
    this.state$.complete();
    this.wires$.complete();
    this.control$.complete();
  }

  private review(): void {
    if (this.closed) return;
    const state = worstState([...this.connections.values()].map((connection) => connection.state$.value));
    if (state !== this.state$.value) this.state$.next(state);
  }
}

function pageOrigin(): string {
  const { location } = globalThis as { location?: { origin: string } };
  if (!location) throw new TypeError('unable to create Realtime; outside a browser it needs a url');
  return location.origin;
}
