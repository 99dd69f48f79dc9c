import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callPath, formatPosition, type JoinReply } from '@switchyard/contract';
import { crawl, isCrawlOver, type CrawlProgress } from '@switchyard/services';
import PQueue from 'p-queue';
import { startApp } from '../harness/app.js';
import type { RunningService } from '../harness/running.service.js';
import { until } from '../harness/until.js';

/** The number of pages of a site besides its start page; a test releases a few, and crawls the rest at the end. */
const PAGES = 20;
/** The number of pages that a crawl requests at the same time. */
const AT_ONCE = 4;
const JSON_BODY = { 'content-type': 'application/json' };

/** How many pages a crawl has read, by its log. */
function readBy({ logs }: CrawlProgress): number {
  return logs.filter(({ message }) => message.startsWith('Read ')).length;
}

/** Serves a site whose pages are answered one by one on the test's command. */
async function startHeldSite() {
  const held = new Map<string, ServerResponse[]>();
  const open = new Set<string>();
  const server = createServer((request, response) => {
    const [, site = '', page = ''] = (request.url ?? '').split('/');
    if (site === 'robots.txt') return void response.writeHead(404).end();
    const links =
      page === ''
        ? Array.from({ length: PAGES }, (_, n) => `<a href="/${site}/page-${n}">page ${n}</a>`).join(' ')
        : '';
    response.setHeader('content-type', 'text/html');
    const answer = () =>
      response.end(`<title>${site} ${page}</title><h1>${page}</h1><p>Points and signals of ${page}.</p>${links}`);
    if (page === '' || open.has(site)) return void answer();
    held.set(site, [...(held.get(site) ?? []), Object.assign(response, { answer })]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const release = (site: string, count: number) => {
    for (const response of held.get(site)?.splice(0, count) ?? [])
      (response as ServerResponse & { answer(): void }).answer();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting: (site: string) => held.get(site)?.length ?? 0,
    release: (site: string) => release(site, 1),
    open(site: string) {
      open.add(site);
      release(site, Infinity);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Starts the application with crawls that proceed page by page on the test's command. */
export async function startHeldCrawls(
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningService & Required<Pick<RunningService, 'finish'>>> {
  const site = await startHeldSite();
  const app = await startApp({ ...settings, CRAWL_ALLOW_PRIVATE: 'true' });
  const sites = new Map<string, string>();
  let made = 0;

  const poll = async (key: string, since?: JoinReply): Promise<JoinReply<CrawlProgress>> => {
    const query = since ? `?since=${formatPosition(since)}` : '';
    return (await (await fetch(`${app.url}/realtime/rooms/crawl/${key}${query}`)).json()) as JoinReply<CrawlProgress>;
  };
  /** Resolves once the crawl is in this state, and the events up to it are in the log. */
  const settled = async (key: string, since: JoinReply, over: (progress: CrawlProgress) => boolean) => {
    await until(`the state of crawl ${key}`, async () => {
      const { snapshot } = await poll(key);
      if (!over(snapshot!)) return false;
      const last = (await poll(key, since)).events?.at(-1)?.payload;
      return last && JSON.stringify(last) === JSON.stringify(snapshot);
    });
  };
  /** A page that was answered is read in another process, while the site already gets the next request. */
  const hasRead = (name: string, pages: number) => (progress: CrawlProgress) =>
    site.waiting(name) === AT_ONCE && readBy(progress) === pages;

  // One at a time: what waits for a held crawl would wait for good once another step has opened the site.
  const steps = new PQueue({ concurrency: 1 });

  /** Stops a crawl, because a site is crawled once at a time. */
  const stop = async (progress_id: string) => {
    const body = JSON.stringify({ progress_id });
    await fetch(app.url + callPath(crawl, 'stop_crawl'), { method: 'POST', headers: JSON_BODY, body });
    await until('the end of the last crawl', async () => isCrawlOver((await poll(progress_id)).snapshot!.status));
  };
  const begin = async () => {
    const earlier = [...sites.keys()].at(-1);
    if (earlier) await stop(earlier);
    const name = `site-${(made += 1)}`;
    const body = JSON.stringify({ url: `${site.url}/${name}/` });
    const response = await fetch(`${app.url}/api/crawls`, { method: 'POST', headers: JSON_BODY, body });
    const { progress_id } = (await response.json()) as { progress_id: string };
    sites.set(progress_id, name);
    const start = await poll(progress_id);
    await settled(progress_id, { ...start, offset: 0 }, hasRead(name, 1));
    return progress_id;
  };
  const act = async (key: string) => {
    const name = sites.get(key)!;
    const before = await poll(key);
    site.release(name);
    await settled(key, before, hasRead(name, readBy(before.snapshot!) + 1));
  };
  const finish = async (key: string) => {
    const before = await poll(key);
    site.open(sites.get(key)!);
    if (before.snapshot!.status !== 'completed') await settled(key, before, ({ status }) => status === 'completed');
  };

  return {
    url: app.url,
    room: () => steps.add(begin),
    act: (key) => steps.add(() => act(key)),
    finish: (key: string) => steps.add(() => finish(key)),
    async close() {
      site.close();
      await app.close();
    },
  };
}
