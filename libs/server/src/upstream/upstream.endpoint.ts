import type { LegacyFrame } from '@switchyard/contract';
import type { Caller } from '../caller/caller.js';
import type { Credentials } from '../options/realtime.options.js';

/** The member of a room for whom the old server is opened. */
export interface UpstreamOpener {
  /** The room's key. It comes from a client: encode it where it becomes a part of an address. */
  readonly key: string;
  readonly caller: Caller;
  /** What the caller was authenticated with in this process; empty for an anonymous caller. */
  readonly credentials: Credentials;
}

/** Where the old server has a room, and what it is opened with. */
export interface UpstreamEndpoint {
  /** `ws:` or `wss:`, with path and query. */
  readonly url: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** The subprotocols to offer; those of the codec's `opening` when undefined. */
  readonly protocols?: readonly string[];
  /** The frames that are sent first; those of the codec's `opening` when undefined. */
  readonly frames?: readonly LegacyFrame[];
}
