import type { Caller } from '../caller/caller.js';

/** What tells one client from another: a user may have several, and a client several connections. */
export function clientName({ client_id, key }: Caller): string {
  return client_id ?? key;
}
