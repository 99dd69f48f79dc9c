import type { Reply } from '@switchyard/contract';
import { callPath } from '@switchyard/contract';
import { crawl, isCrawlOver, type CrawlProgress } from '@switchyard/services';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket } from '../harness/clients.js';
import { NodeProcess } from '../harness/node.process.js';
import { TestRedis } from '../harness/redis.js';
import { until } from '../harness/until.js';
import { poll, snapshotWhen } from '../restart/busy.service.js';
import { RestartedApp } from '../restart/restarted.app.js';
import { stalled } from '../sites/odd.routes.js';
import { htmlPage, linksTo, startSite, type Site } from '../sites/site.server.js';

/** The number of crawls that a process runs at once. */
const AT_ONCE = 4;

const INTERRUPTED = 'interrupted: the server was stopped';

// Separate processes start slowly while other tests run.
jest.setTimeout(120_000);

let site: Site;
let stuck: Site;
beforeEach(async () => {
  site = await startSite({ '/': htmlPage('Start', '<p>ballast</p>') });
  stuck = await startSite({ '/': stalled });
});
afterEach(() => Promise.all([site.close(), stuck.close()]));

const make = async <T>(url: string, call: string, payload: object) => {
  const response = await fetch(url + callPath(crawl, call), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(payload),
  });
  const reply = (await response.json()) as Reply<T>;
  if (!reply.ok) throw new Error(reply.error.code);
  return reply.data;
};
const start = async (url: string, of: Site) =>
  (await make<{ progress_id: string }>(url, 'start_crawl', { url: of.url })).progress_id;
const startMany = (url: string, of: Site) => Promise.all(Array.from({ length: AT_ONCE }, () => start(url, of)));
const when = (url: string, id: string, wanted: (progress: CrawlProgress) => boolean) =>
  snapshotWhen<CrawlProgress>({ url }, crawl, id, wanted);
/** Starts as many crawls as a process runs at once; `waiting` is their first stored status. */
const beginMany = async (url: string, of: Site) => {
  const ids = await startMany(url, of);
  for (const id of ids) await until(`${id} begun`, async () => (await poll({ url }, crawl, id)).offset >= 2);
  return ids;
};
const over = (url: string, id: string) => when(url, id, ({ status }) => isCrawlOver(status));

describe('a crawl that was acknowledged just before its process was killed', () => {
  it('runs once the process is back, and crawls that had begun have ended', async () => {
    const data = await mkdtemp(join(tmpdir(), 'switchyard-'));
    const app = await RestartedApp.start({ DATA_DIR: data, CRAWL_ALLOW_PRIVATE: 'true', RATE_LIMIT_MESSAGES: '0' });
    try {
      const begun = await beginMany(app.url, stuck);
      const waiting = await start(app.url, site);
      await app.end('SIGKILL');
      await app.again();
      expect(await over(app.url, waiting)).toMatchObject({ status: 'completed', processed_pages: 1 });
      for (const id of begun) expect(await over(app.url, id)).toMatchObject({ status: 'error', error: INTERRUPTED });
    } finally {
      await app.end();
      await rm(data, { recursive: true });
    }
  });
});

describe('the crawls of two nodes', () => {
  let redis: TestRedis;
  let settings: Record<string, string>;
  const nodes: (TestApp | NodeProcess)[] = [];
  beforeEach(async () => {
    redis = await TestRedis.start(['--appendonly', 'yes']);
    settings = {
      REDIS_URL: redis.url,
      CRAWL_ALLOW_PRIVATE: 'true',
      RUN_LEASE_MS: '2500',
      RATE_LIMIT_MESSAGES: '0',
    };
  });
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((node) => node.close()));
    await redis.stop();
  });
  const running = async <N extends TestApp | NodeProcess>(starting: Promise<N>) => {
    const node = await starting;
    nodes.push(node);
    return node;
  };

  it('that wait run on the other when theirs is killed, and each ends once', async () => {
    const a = await running(NodeProcess.start(settings));
    const begun = await beginMany(a.url, stuck);
    const waiting = await start(a.url, site);
    expect((await when(a.url, waiting, () => true)).status).toBe('waiting');
    await a.close();
    const b = await running(startApp(settings));
    const socket = await openSocket(b.url, '/crawl').connected();
    for (const progress_id of [...begun, waiting]) await socket.call('join_crawl', { progress_id });
    expect(await over(b.url, waiting)).toMatchObject({ status: 'completed', processed_pages: 1 });
    for (const id of begun) expect(await over(b.url, id)).toMatchObject({ status: 'error', error: INTERRUPTED });
    const ends = socket.received
      .map(({ args }) => args[0] as CrawlProgress)
      .filter(({ status }) => isCrawlOver(status));
    for (const id of begun) expect(ends.filter(({ progress_id }) => progress_id === id)).toHaveLength(1);
  });

  it('run on both, and are stopped through either, whether they wait or not', async () => {
    const [a, b] = [await running(startApp(settings)), await running(startApp(settings))];
    const begun = [...(await startMany(a.url, stuck)), ...(await startMany(a.url, stuck))];
    for (const id of begun) await when(b.url, id, ({ status }) => status === 'analyzing');
    const waiting = await start(a.url, site);
    for (const id of [waiting, ...begun]) {
      await make(b.url, 'stop_crawl', { progress_id: id });
      expect(await over(a.url, id)).toMatchObject({ status: 'cancelled' });
    }
    expect(site.requests).toEqual([]);
  });

  it('of one site run one after the other', async () => {
    let now = 0;
    let most = 0;
    site.set('/', htmlPage('Start', linksTo('/next')));
    site.set('/next', (_, response) => {
      most = Math.max(most, (now += 1));
      // The time limit of a page.
      setTimeout(() => {
        now -= 1;
        response.writeHead(200, { 'content-type': 'text/html' }).end(page);
      }, 50);
    });
    const page = htmlPage('Next', '<p>ballast</p>');
    const [a, b] = [await running(startApp(settings)), await running(startApp(settings))];
    const ids = await Promise.all([a, b, a, b].map(({ url }) => start(url, site)));
    for (const id of ids) expect(await over(a.url, id)).toMatchObject({ status: 'completed', processed_pages: 2 });
    expect(most).toBe(1);
  });

  it('continue while Redis is away, are refused meanwhile, and end once it is back', async () => {
    const a = await running(startApp(settings));
    const id = await start(a.url, stuck);
    await when(a.url, id, ({ status }) => status === 'analyzing');
    await redis.crash();
    await expect(start(a.url, site)).rejects.toThrow('store.unavailable');
    await redis.restart();
    const next = await until('a crawl', () => start(a.url, site).catch(() => ''));
    expect(await over(a.url, next)).toMatchObject({ status: 'completed' });
    await make(a.url, 'stop_crawl', { progress_id: id });
    expect(isCrawlOver((await over(a.url, id)).status)).toBe(true);
  });
});
