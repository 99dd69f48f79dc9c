import type { RemoteFault } from '@switchyard/contract';
import {
  Fault,
  roomName,
  SINGLE_ROOM_KEY,
  type LegacyCodec,
  type Mismatch,
  type ParityReport,
  type RootCodec,
  type ServiceAddress,
  type ServiceContract,
  type ServiceTypes,
  type WireName,
} from '@switchyard/contract';
import { DEFAULT_BACKOFF } from '../backoff/backoff.js';
import { ServerClock } from '../clock/server.clock.js';
import { HttpApi } from '../http/http.api.js';
import { randomId } from '../identity/client.identity.js';
import { TokenKeeper, type TokenSource } from '../identity/token.keeper.js';
import type { LegacySocketClass } from '../transport/legacy.socket.js';
import { isRetryable, retryAfterMs } from '../transport/refusal.js';
import type { Transport } from '../transport/transport.js';
import { builtInWires } from '../wires/built-in.wires.js';
import { PageWires } from '../wires/page.wires.js';
import { CodeLoader } from '../wires/code.loader.js';
import { Comparison, type ComparedRoom } from './comparison.js';
import { unreachable } from './comparison.faults.js';
import { Findings, type ComparisonCounts } from './findings.js';
import { LANES, type LaneName, type LaneWires } from './lane.js';
import { ShadowSink } from './shadow.sink.js';

/** What a program compares. */
export interface WireComparisonOptions<T extends ServiceTypes = ServiceTypes> {
  /** The server's origin, `https://example.org`. */
  url: string;
  /** The prefix of the framework's HTTP routes on the server, `/live`; by default none. */
  prefix?: string;
  contract: ServiceContract<T>;
  /** The codec of the old wire; without it, only what both wires carry as payloads is compared. */
  codec?: LegacyCodec<T>;
  /** The codec of an old wire in Socket.IO's root namespace. */
  root?: RootCodec<T>;
  /** The keys of the rooms; not needed for a service with a single room. */
  rooms: readonly string[];
  /** The wire that is the reference, by default `legacy`, and the one compared with it, by default `socketio`. */
  old?: WireName;
  new?: WireName;
  /** The path of an old endpoint, in place of the configured one: `/api/progress/:progress_id`. */
  oldPath?: string;
  token?: TokenSource;
  /** 16 to 64 characters of `[A-Za-z0-9_-]`; by default a random id. */
  clientId?: string;
  /** The WebSocket for old wires, which Node.js before 22 lacks. */
  WebSocket?: LegacySocketClass;
  /** An event is late this long after it came on the other wire (2,000 ms), and missing after `missingMs` (10,000 ms). */
  lateMs?: number;
  missingMs?: number;
  /** The time limit for joining all rooms on both wires, in ms (15,000). */
  startMs?: number;
  onMismatch?(mismatch: Mismatch): void;
}

const CONNECT_TIMEOUT_MS = 5000;
const JOIN_TIMEOUT_MS = 10_000;
const START_TIMEOUT_MS = 15_000;

/** Compares two wires of a service without a page, for a program such as `switchyard verify`. */
export class WireComparison<T extends ServiceTypes = ServiceTypes> {
  readonly #options: WireComparisonOptions;
  readonly #service: string;
  readonly #wires: LaneWires;
  readonly #findings: Findings;
  readonly #comparison: Comparison;
  readonly #tokens: TokenKeeper;
  readonly #http: HttpApi;
  readonly #page: PageWires;
  #socketioPath = '/socket.io/';
  readonly #transports = new Map<LaneName, Transport>();
  /** The lanes that have yet to join, by the wire and the room. */
  readonly #unjoined = new Map<string, { wire: WireName; room: string }>();
  #settle?: { resolve(): void; reject(fault: Fault | RemoteFault): void };

  /** @throws TypeError when there is no room to compare */
  constructor(typed: WireComparisonOptions<T>) {
    // Only here the types are dropped, as in a service's client.
    const options = (this.#options = typed as unknown as WireComparisonOptions);
    const { url, prefix = '', contract, codec, root, token, onMismatch, lateMs, missingMs, WebSocket } = options;
    this.#service = contract.name;
    this.#wires = { old: options.old ?? 'legacy', new: options.new ?? 'socketio' };
    this.#findings = new Findings(contract.name, this.#wires, (mismatch) => mismatch && onMismatch?.(mismatch));
    const limits = { ...(lateMs !== undefined && { lateMs }), ...(missingMs !== undefined && { missingMs }) };
    this.#comparison = new Comparison({ contract, codecs: { legacy: codec, root }, findings: this.#findings, limits });
    this.#tokens = new TokenKeeper(token, DEFAULT_BACKOFF);
    const clientId = options.clientId ?? randomId();
    const server = { url: withoutSlash(url), clientId, tokens: this.#tokens, clock: new ServerClock() };
    const routes = withoutSlash(server.url + prefix);
    this.#http = new HttpApi({ ...server, url: routes, fetch: (...request) => fetch(...request) });
    const waits = { connectTimeoutMs: CONNECT_TIMEOUT_MS, joinTimeoutMs: JOIN_TIMEOUT_MS, pollIntervalMs: 1000 };
    const page = {
      ...server,
      ...waits,
      backoff: DEFAULT_BACKOFF,
      http: this.#http,
      WebSocket,
      socketioPath: () => this.#socketioPath,
      report: () => undefined,
    };
    this.#page = new PageWires(page, builtInWires(new CodeLoader(() => undefined)));
    if (this.#keys.length === 0) throw new TypeError('unable to compare; no room is named');
  }

  /**
   * Joins the rooms on both wires, and compares from there.
   *
   * @throws Fault `comparison.unreachable`, whose details name the wire and the room; RemoteFault, `wire.lost` or
   * `service.unknown` when the server does not say where the service is
   */
  async start(): Promise<void> {
    try {
      const address = await this.#address();
      await new Promise<void>((resolve, reject) => {
        this.#settle = { resolve, reject };
        const { startMs = START_TIMEOUT_MS } = this.#options;
        this.#comparison.timers.after(startMs, () => this.#fail('it did not answer in time'));
        for (const lane of LANES) this.#connect(lane, address);
        for (const key of this.#keys) this.#join(key);
      });
    } catch (thrown) {
      this.#close();
      throw thrown;
    }
  }

  progress(): ComparisonCounts & { rooms: number } {
    return { ...this.#findings.counts, rooms: this.#keys.length };
  }

  /** Waits for what is not decided yet, at most `missingMs` and `lateMs`, and closes both wires. */
  async stop(): Promise<ParityReport> {
    await this.#comparison.decided();
    this.#close();
    const { old, new: next } = this.#wires;
    const nothing = { service: this.#service, old, new: next, matched: 0, mismatches: {}, shed: 0, examples: [] };
    return this.#findings.take()?.report ?? nothing;
  }

  get #keys(): readonly string[] {
    return 'name' in this.#options.contract.room ? [SINGLE_ROOM_KEY] : this.#options.rooms;
  }

  async #address(): Promise<ServiceAddress> {
    const { services, socketio_path } = await this.#http.config();
    if (socketio_path) this.#socketioPath = socketio_path;
    const service = this.#service;
    if (!Object.hasOwn(services, service)) throw new Fault('service.unknown', { service });
    const { oldPath } = this.#options;
    return { ...services[service]!, ...(oldPath !== undefined && { legacy_path: oldPath }) };
  }

  #connect(lane: LaneName, address: ServiceAddress): void {
    const { contract, codec, root } = this.#options;
    const wire = this.#wires[lane];
    const service = { contract, legacy: codec, root, isShadow: true };
    const transport = this.#page.factory(service)(wire, contract, address);
    if (!transport) throw unreachable({ wire, reason: 'this program cannot use it for the service' });
    this.#transports.set(lane, transport);
    transport.connect();
    transport.state$.subscribe(({ status, fault }) => {
      if (status === 'closed' || fault) this.#fail(fault?.message ?? 'it was closed', wire, fault);
    });
  }

  #join(key: string): void {
    const name = roomName(this.#options.contract, key);
    const room = this.#comparison.open(name);
    for (const lane of LANES) this.#joinLane(lane, { id: key, key, name }, room);
  }

  #joinLane(name: LaneName, room: { id: string; key: string; name: string }, compared: ComparedRoom): void {
    const transport = this.#transports.get(name)!;
    const wire = this.#wires[name];
    const lane = compared.lane(name);
    const joining = `${name} ${room.name}`;
    this.#unjoined.set(joining, { wire, room: room.name });
    const joined: typeof lane.joined = (reply) => {
      lane.joined(reply);
      if (this.#unjoined.delete(joining) && this.#unjoined.size === 0) this.#settle?.resolve();
    };
    const sink = new ShadowSink(
      room,
      { ...lane, joined },
      {
        rejoin: (again) => transport.join(again),
        refused: (again, fault) => {
          if (!isRetryable(fault, this.#tokens.renewable)) this.#fail(fault.message, wire, fault, room.name);
          else this.#comparison.timers.after(Math.max(retryAfterMs(fault), 500), () => transport.join(again));
        },
      },
    );
    transport.join(sink);
  }

  /** Ends the start, unless both wires have all rooms already. */
  #fail(reason: string, wire?: WireName, cause?: Fault | RemoteFault, room?: string): void {
    const [first] = this.#unjoined.values();
    if (!first) return;
    const where = { wire: wire ?? first.wire, room: room ?? (wire === undefined ? first.room : undefined) };
    const code = cause && { code: cause.code };
    this.#settle?.reject(unreachable({ ...where, ...code, reason }, cause));
  }

  #close(): void {
    this.#comparison.close();
    this.#transports.forEach((transport) => transport.close());
    this.#page.close();
    this.#http.close();
    this.#tokens.close();
  }
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
