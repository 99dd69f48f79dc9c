import type { IncomingMessage } from 'node:http';

/** Splits a request's URL at the first `?` into path and query. */
export function requestTarget({ url = '' }: IncomingMessage): { path: string; query: URLSearchParams } {
  const at = url.indexOf('?');
  if (at < 0) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}

/** The query of a request. */
export function requestQuery(request: IncomingMessage): URLSearchParams {
  return requestTarget(request).query;
}

/** A request as a controller gets it: Node's on Express, and one that wraps it on Fastify. */
export type ControllerRequest = IncomingMessage | { raw: IncomingMessage };

/** Node's request behind the one of a controller. */
export function rawRequest(request: ControllerRequest): IncomingMessage {
  return 'raw' in request ? request.raw : request;
}
