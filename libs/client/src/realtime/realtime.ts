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
import type { WirePage, WireService } from '../transport/wire.js';
import { builtInWires } from '../wires/built-in.wires.js';
import { PageWires } from '../wires/page.wires.js';
import { CodeLoader } from '../wires/code.loader.js';
import type { RealtimeOptions } from './realtime.options.js';
import { worstState, type ConnectionState } from '../connection/connection.state.js';
import type { PageReport } from '../statistics/page.report.js';
import { PageStatistics, type RealtimeStats } from '../statistics/page.statistics.js';
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
  readonly #clock = new ServerClock();
  readonly #statistics: PageStatistics;
  #report?: PageReport;
  readonly #tokens: TokenKeeper;
  readonly #config: ConfigSource;
  readonly #wires: PageWires;
  readonly #loader: CodeLoader;
  readonly #page: WirePage;
  readonly #connections = new Map<string, ServiceConnection>();
  #closed = false;

  /** @throws TypeError when `clientId` is malformed or there is no `url` and no page. */
  constructor(private readonly options: RealtimeOptions = {}) {
    const { config, polling, timeouts, WebSocket } = options;
    const clientId = (this.clientId = options.clientId ?? clientIdentity(options.storage));
    if (!isClientId(clientId)) throw new TypeError('unable to create Realtime; clientId is malformed');
    const url = withoutSlash(options.url ?? pageOrigin());
    const backoff = { ...DEFAULT_BACKOFF, ...options.reconnect };
    const tokens = (this.#tokens = new TokenKeeper(options.token, backoff));
    const server = { url, clientId, tokens, clock: this.#clock };
    const { fetch = platformFetch(), prefix = '' } = options;
    const http = new HttpApi({ ...server, url: withoutSlash(url + prefix), fetch });
    this.#config = new ConfigSource(config ? { config: () => Promise.resolve(config) } : http, backoff, tokens);
    this.#page = {
      ...server,
      http,
      backoff,
      WebSocket,
      connectTimeoutMs: timeouts?.connectMs ?? 5000,
      joinTimeoutMs: timeouts?.joinMs ?? 10_000,
      pollIntervalMs: polling?.intervalMs ?? 3000,
      socketioPath: () => this.#config.socketioPath,
      // On the console where nobody listens.
      report: (fault) => (tokens.faults$.observed ? tokens.faults$.next(fault) : console.warn(fault)),
    };
    this.#loader = new CodeLoader(this.#page.report);
    this.#wires = new PageWires(this.#page, builtInWires(this.#loader));
    this.#statistics = new PageStatistics(this.#clock, this.#wires.names);
  }

  /** Keeps frameworks that wrap plain objects in proxies (Vue) from wrapping this one, whose fields are private. */
  get [Symbol.toStringTag](): string {
    return 'Realtime';
  }

  /** Faults that only the page can mend: its token source fails, or gives tokens that have expired. */
  get faults$(): Observable<Fault | RemoteFault> {
    return this.#tokens.faults$;
  }

  /** Gives the one connection of a service. */
  connection({ isOver, ...service }: ServiceUse): ServiceConnection {
    const { contract } = service;
    const existing = this.#connections.get(contract.name);
    if (existing) return existing;
    const { options } = this;
    const wires = this.#wires;
    const make = options.transports ?? wires.factory(service);
    const shadows = wires.factory({ ...service, isShadow: true });
    const forced = (address: ServiceAddress) => ({ ...address, wire: options.wire ?? address.wire });
    const connection = new ServiceConnection(contract, {
      statistics: new ServiceStatistics(contract.name, this.#statistics),
      isOver,
      ...this.#page,
      calls: { ...DEFAULT_CALL_LIMITS, ...options.calls },
      fallbacks: options.fallbacks ?? wires.fallbacks,
      attemptsBeforeFallback: options.polling?.afterAttempts ?? 3,
      wires,
      transport: (wire, address) => make(wire, contract, address),
      shadow: options.shadow === false ? undefined : { service, transport: options.transports ?? shadows },
      isForced: options.wire !== undefined,
      address: (onFailure) => this.#config.address(contract.name, onFailure).then(forced),
      latest: options.config
        ? undefined
        : (isReachable) => this.#config.latest(contract.name, isReachable).then(forced),
    });
    this.#connections.set(contract.name, connection);
    connection.state$.subscribe(() => this.#review());
    connection.wire$.subscribe((wire) => wire && this.wires$.next({ ...this.wires$.value, [contract.name]: wire }));
    connection.control$.subscribe((message) => this.control$.next(message));
    if (this.#closed) connection.close();
    return connection;
  }

  /** Asks for the current wire of a service that the page uses, and moves there. */
  reroute(service: string): void {
    this.#connections.get(service)?.reroute();
  }

  /** The server's Unix time now, in milliseconds, as estimated; `stats().clock` has the largest error. */
  serverNow(): number {
    return this.#clock.now();
  }

  stats(): RealtimeStats {
    return { ...this.#statistics.read(), wires: this.wires$.value };
  }

  /** Ends all connections for good: rooms complete, open calls fail as `client.closed`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connections.forEach((connection) => connection.close());
    this.#report?.close();
    this.#config.close();
    this.#wires.close();
    this.#page.http.close();
    this.#tokens.close();
    this.state$.next('disconnected');
    this.state$.complete();
    this.wires$.complete();
    this.control$.complete();
  }

  #review(): void {
    if (this.#closed) return;
    const state = worstState([...this.#connections.values()].map((connection) => connection.state$.value));
    if (state !== this.state$.value) this.state$.next(state);
    if (SERVED.includes(state)) this.#loadLaterCode();
  }

  /** Loads it as soon as something serves, because a fallback is needed at a time when files may not arrive. */
  #loadLaterCode(): void {
    // A page that makes its own transports may have no server.
    if (this.options.transports) return;
    const statistics = this.#statistics;
    const { reportEveryMs: everyMs = 30_000 } = this.options;
    const compareWith = (service: string, wire: WireName | null) => this.#connections.get(service)?.compareWith(wire);
    this.#loader.load().then(
      ({ PageReport }) => {
        if (everyMs && !this.#closed)
          this.#report ??= new PageReport({ ...this.#page, everyMs, statistics, compareWith });
      },
      () => undefined,
    );
  }
}

const SERVED: readonly ConnectionState[] = ['connected', 'subscribed', 'polling'];

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

/** Called without an object, because browsers allow no other. */
function platformFetch(): typeof fetch {
  if (!(globalThis as Partial<typeof globalThis>).fetch) throw lacking('fetch');
  return (...request) => fetch(...request);
}

function pageOrigin(): string {
  const { location } = globalThis as { location?: { origin: string } };
  if (!location) throw lacking('url');
  return location.origin;
}

function lacking(option: string): TypeError {
  return new TypeError(`unable to create Realtime; it needs the option ${option}`);
}
