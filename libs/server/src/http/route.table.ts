import type { IncomingMessage } from 'node:http';
import { Fault } from '@switchyard/contract';
import { match, type MatchFunction } from 'path-to-regexp';
import type { RouteEntry } from '../routes/route.js';
import { requestTarget } from './request.target.js';

/** The route that serves a request, with the parameters from its path. */
export interface FoundRoute {
  route: RouteEntry;
  params: Record<string, string>;
}

/** The routes of the framework, with what is asked of each. */
export class RouteTable {
  private readonly rows: { route: RouteEntry; match: MatchFunction<Record<string, string>> }[];
  /** The paths' first segments, so that a request to the application costs no search. */
  private readonly heads: ReadonlySet<string>;

  /** `routes` have whole paths; everything below `owned` is the framework's, so that tools understand what is missing there. */
  constructor(
    routes: readonly RouteEntry[],
    private readonly owned: string,
  ) {
    this.rows = routes.map((route) => ({ route, match: match<Record<string, string>>(route.path) }));
    this.heads = new Set(routes.map(({ path }) => headOf(path)));
  }

  /**
   * The route for a request, or `preflight` when a browser asks for one; undefined for a request to the application.
   *
   * @throws Fault `input.invalid` when a parameter is malformed, `path.not_found`
   */
  find(request: IncomingMessage): FoundRoute | 'preflight' | undefined {
    const { path } = requestTarget(request);
    if (!this.heads.has(headOf(path))) return undefined;
    const { method } = request;
    for (const { route, match } of this.rows) {
      const isAsked =
        method === 'OPTIONS' ||
        method === route.method ||
        (method === 'HEAD' && route.method === 'GET' && !route.streams);
      const found = isAsked && matched(match, path);
      if (found) return method === 'OPTIONS' ? 'preflight' : { route, params: found.params };
    }
    if (path.startsWith(`${this.owned}/`)) throw new Fault('path.not_found');
    return undefined;
  }
}

function matched(match: MatchFunction<Record<string, string>>, path: string) {
  try {
    return match(path);
  } catch {
    throw new Fault('input.invalid', { expected: 'a well-formed path' });
  }
}

function headOf(path: string): string {
  const end = path.indexOf('/', 1);
  return (end < 0 ? path : path.slice(0, end)).toLowerCase();
}
