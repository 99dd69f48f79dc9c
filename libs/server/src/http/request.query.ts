import type { IncomingMessage } from 'node:http';

/** The query of a request. */
export function requestQuery(request: IncomingMessage): URLSearchParams {
  return new URLSearchParams((request.url ?? '').split('?', 2)[1]);
}
