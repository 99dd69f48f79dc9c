import type { RealtimeConfig, WireName } from '@switchyard/contract';
import type { BackoffOptions } from '../backoff/backoff.js';
import type { CallLimits } from '../call/call.queue.js';
import type { ClientStorage } from '../identity/client.identity.js';
import type { TokenSource } from '../identity/token.keeper.js';
import type { TransportFactory } from '../transport/transport.factory.js';
import type { WireOptions } from '../transport/wire.js';

/** The settings of a page's `Realtime`; in a browser, each has a default. */
export interface RealtimeOptions extends WireOptions {
  /** The server's origin, `https://example.org`; by default the page's own. */
  url?: string;
  /** The prefix of the framework's HTTP routes on the server, `/api/v1`; by default none. */
  prefix?: string;
  /** 16 to 64 characters of `[A-Za-z0-9_-]`; by default a random id that is kept in `storage`. */
  clientId?: string;
  /** The user's token; a function is called again before the token expires, and when the server refuses it as expired. */
  token?: TokenSource;
  /** The store of the client id; by default `localStorage`, or memory without it. */
  storage?: ClientStorage;
  fetch?: typeof fetch;
  /** The waits between attempts to connect (500 to 1500 ms); there is no last attempt. */
  reconnect?: Partial<BackoffOptions>;
  /** The wires that serve a service while its own is lost, in the order of use; by default `sse`, then `polling`. */
  fallbacks?: readonly WireName[];
  /** A wire for every service, whatever the server advises; for trying a wire out. */
  wire?: WireName;
  /** How many calls may wait (1000), and for how long (9 minutes). */
  calls?: Partial<CallLimits>;
  /** The page reports what it sees to the server, at most once in this time (30 s); 0 for no reports. */
  reportEveryMs?: number;
  /** `false`: the page compares no wires, also when the server asks it to. */
  shadow?: boolean;
  /** The configuration, when the page has it already; the server is then not asked. */
  config?: RealtimeConfig;
  /** Makes transports instead of the built-in ones; for tests. */
  transports?: TransportFactory;
}
