import type { IncomingMessage } from 'node:http';

/** The path of a request, and its query; a `?` in the query belongs to it. */
export function requestTarget({ url = '' }: IncomingMessage): { path: string; query: URLSearchParams } {
  const at = url.indexOf('?');
  if (at < 0) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}

/** The query of a request. */
export function requestQuery(request: IncomingMessage): URLSearchParams {
  return requestTarget(request).query;
}
