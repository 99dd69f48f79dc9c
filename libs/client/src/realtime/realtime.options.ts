import type { RealtimeConfig, WireName } from '@switchyard/contract';
import type { BackoffOptions } from '../backoff/backoff.js';
import type { CallLimits } from '../call/call.queue.js';
import type { ClientStorage } from '../identity/client.identity.js';
import type { TokenSource } from '../identity/token.keeper.js';
import type { TransportFactory } from '../transport/transport.factory.js';
import type { WireOptions } from '../transport/wire.js';

/** How a page's `Realtime` is set up; everything has a default in a browser. */
export interface RealtimeOptions extends WireOptions {
  /** The server's origin, `https://example.org`; by default the page's own. */
  url?: string;
  /** 16 to 64 of `[A-Za-z0-9_-]`; by default a random one that is kept in `storage`. */
  clientId?: string;
  /** Who the page is; a function is asked again before the token ends, and whenever it is refused as expired. */
  token?: TokenSource;
  /** Where the client id is kept; by default `localStorage`, or memory where there is none. */
  storage?: ClientStorage;
  fetch?: typeof fetch;
  /** Waits between attempts (500 to 1500 ms), which never end. */
  reconnect?: Partial<BackoffOptions>;
  /** The wires that serve a service while its own is away, in this order; by default all there are. */
  fallbacks?: readonly WireName[];
  /** How many calls may wait (1000), and how old one may get (9 minutes). */
  calls?: Partial<CallLimits>;
  /** The configuration, where it is known without asking the server. */
  config?: RealtimeConfig;
  /** Makes transports instead of the built-in ones; for tests. */
  transports?: TransportFactory;
}
