import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { htmlPage } from './site.server.js';

/** A web search engine with its own result pages, which are answered on the test's command. */
export interface HeldWeb {
  /** The value of `WEB_SEARCH_URL`. */
  readonly url: string;
  /** Resolves once `count` pages about `topic` were requested. */
  asked(topic: string, count: number): Promise<void>;
  /** Answers the waiting requests about `topic`, and with `all` the later ones too. */
  release(topic: string, all?: boolean): void;
  close(): Promise<void>;
}

const RESULTS = 5;

/** Starts a search engine; each topic has its own host, because requests to one host are limited. */
export async function startHeldWeb(): Promise<HeldWeb> {
  const hosts: string[] = [];
  const held = new Map<string, ServerResponse[]>();
  const open = new Set<string>();
  const counts = new Map<string, number>();
  const waiters = new Set<() => void>();
  const pageOf = (topic: string) => htmlPage(topic, `<p>A ${topic} is a brake that belongs to the track.</p>`);

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://engine');
    const topic = searchParams.get('q') ?? searchParams.get('topic') ?? '';
    if (pathname === '/search') {
      if (!hosts.includes(topic)) hosts.push(topic);
      const { port } = server.address() as AddressInfo;
      const base = `http://127.0.1.${hosts.indexOf(topic) + 1}:${port}/page`;
      const results = Array.from({ length: RESULTS }, (_, page) => ({
        url: `${base}?topic=${encodeURIComponent(topic)}&page=${page}`,
        title: `${topic} ${page}`,
        content: `About ${topic}`,
      }));
      return void response.setHeader('content-type', 'application/json').end(JSON.stringify({ results }));
    }
    if (pathname !== '/page') return void response.writeHead(404).end();
    response.setHeader('content-type', 'text/html; charset=utf-8');
    counts.set(topic, (counts.get(topic) ?? 0) + 1);
    if (open.has(topic)) response.end(pageOf(topic));
    else held.set(topic, [...(held.get(topic) ?? []), response]);
    waiters.forEach((check) => check());
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/search`,
    asked: (topic, count) =>
      new Promise((resolve) => {
        const check = () => {
          if ((counts.get(topic) ?? 0) < count) return;
          waiters.delete(check);
          resolve();
        };
        waiters.add(check);
        check();
      }),
    release(topic, all = false) {
      if (all) open.add(topic);
      for (const response of held.get(topic)?.splice(0) ?? []) response.end(pageOf(topic));
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
