import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

/** The response of a path: an HTML text, or a handler. */
export type Route = string | ((request: IncomingMessage, response: ServerResponse) => void);
export type Routes = Record<string, Route>;

/** A site on its own port. */
export interface Site {
  /** `http://127.0.0.1:{port}`. */
  readonly url: string;
  /** The requested paths with their queries, in order. */
  readonly requests: readonly string[];
  /** The `user-agent` header of the last request. */
  readonly userAgent: string | undefined;
  /** The highest number of concurrent requests. */
  readonly peak: number;
  /** Changes, adds or (undefined) removes a path. */
  set(path: string, route: Route | undefined): void;
  close(): Promise<void>;
}

const HANDBOOK = join(__dirname, '../../web/public/sample');
const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.css': 'text/css' };

/** Creates a page with a title, a heading and content. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"><title>${title}</title></head><body><main><h1>${title}</h1>${body}</main></body></html>`;
}

/** Creates a list of links. */
export function linksTo(...paths: string[]): string {
  return `<ul>${paths.map((path) => `<li><a href="${path}">${path}</a></li>`).join('')}</ul>`;
}

async function sendFile(path: string, response: ServerResponse): Promise<void> {
  const file = join(HANDBOOK, normalize(path.endsWith('/') ? `${path}index.html` : path));
  try {
    const body = await readFile(file);
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body);
  } catch {
    response.writeHead(404, { 'content-type': 'text/html' }).end(htmlPage('Not found', ''));
  }
}

/** Serves `routes`, and the handbook under `/handbook/`, on a free port of `host`. */
export async function startSite(routes: Routes = {}, host = '127.0.0.1'): Promise<Site> {
  const paths = new Map(Object.entries(routes));
  const requests: string[] = [];
  const state = { userAgent: undefined as string | undefined, open: 0, peak: 0 };
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.push(path);
    state.userAgent = request.headers['user-agent'];
    state.peak = Math.max(state.peak, (state.open += 1));
    response.once('close', () => (state.open -= 1));
    const route = paths.get(path);
    if (typeof route === 'string') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(route);
    else if (route) route(request, response);
    else void sendFile(path.startsWith('/handbook/') ? path.slice('/handbook'.length) : '/none', response);
  });
  server.listen(0, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    requests,
    get userAgent() {
      return state.userAgent;
    },
    get peak() {
      return state.peak;
    },
    set(path, route) {
      if (route === undefined) paths.delete(path);
      else paths.set(path, route);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
