import { isCrawlOver, type CrawlProgress } from '@switchyard/services';
import type { CrawlOrder } from '../../corpus/index.js';
import { Crawler } from '../../../test/sites/crawler.js';
import { answer, busy, oddRoutes, redirect, stalled } from '../../../test/sites/odd.routes.js';
import { htmlPage, linksTo, startSite, type Routes, type Site } from '../../../test/sites/site.server.js';
import { STAGE_RANGES } from './crawl.reporter.js';

describe('a crawl', () => {
  const open: { close(): Promise<unknown> }[] = [];
  const serve = async (routes?: Routes, host?: string): Promise<Site> => {
    const site = await startSite(routes, host);
    open.push(site);
    return site;
  };
  const crawler = (...given: ConstructorParameters<typeof Crawler>): Crawler => {
    const made = new Crawler(...given);
    open.push({ close: () => made.close() });
    void made.begin();
    return made;
  };
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  const line = (progress: CrawlProgress, part: string) => progress.logs.find(({ message }) => message.includes(part));

  it('indexes every page of the handbook for search', async () => {
    const site = await serve();
    const { start, corpus, ended } = bound(crawler());
    const request = { url: `${site.url}/handbook/`, tags: ['railway'] };
    const end = await ended((await start({ request })).progress_id);

    expect(end).toMatchObject({ status: 'completed', percentage: 100, processed_pages: 13 });
    expect(end.total_pages).toBe(end.processed_pages);
    const [hit] = corpus.index.search('how does a retarder slow a rolling wagon');
    expect(hit?.url).toBe(`${site.url}/handbook/yard/retarders.html`);
    expect(hit?.title).toContain('Retarders');
    const source = await corpus.sources.get(end.source_id!);
    expect(source).toMatchObject({ status: 'active', tags: ['railway'], pages_count: 13, source_type: 'url' });
    expect(source?.chunks_count).toBe(end.chunks_stored);
    expect(source?.word_count).toBe(end.word_count);
    const code = await corpus.chunks.codeOf(end.source_id!);
    expect(new Set(code.map(({ language }) => language))).toEqual(
      new Set(['json', 'python', undefined, 'csv', 'typescript', 'rust', 'bash']),
    );
    expect(source?.code_examples_count).toBe(code.length);
  });

  it('goes through its statuses in order, and its percentage stays in their ranges and never falls', async () => {
    const site = await serve();
    const made = crawler();
    await made.crawl({ url: `${site.url}/handbook/` });

    const statuses = [...new Set(made.seen.map(({ status }) => status))];
    expect(statuses).toEqual(['waiting', 'starting', ...Object.keys(STAGE_RANGES), 'completed']);
    made.seen.reduce((before, now) => {
      expect(now.percentage).toBeGreaterThanOrEqual(before.percentage);
      expect(now.processed_pages).toBeGreaterThanOrEqual(before.processed_pages);
      expect(now.logs.length).toBeLessThanOrEqual(50);
      return now;
    });
    for (const { status, percentage } of made.seen) {
      const [from, to] = (STAGE_RANGES as Record<string, readonly [number, number]>)[status] ?? [0, 100];
      expect(percentage).toBeGreaterThanOrEqual(from);
      expect(percentage).toBeLessThanOrEqual(to);
    }
    expect(new Set(made.seen).size).toBe(made.seen.length);
    expect(made.seen.filter(({ status }) => isCrawlOver(status))).toEqual([made.seen.at(-1)]);
  });

  it('handles odd pages, counts each page once and logs what it left out', async () => {
    const site = await serve(oddRoutes());
    // A page too large is read well within the time that a page has, also on a busy machine.
    const made = crawler({ requestTimeoutMs: 3000, maxPageBytes: 500_000 });
    const end = await made.crawl({ url: `${site.url}/`, max_depth: 1 });

    const pages = (await made.corpus.pages.list(end.source_id!)).map(({ url }) => url.slice(site.url.length));
    const read = ['/', '/busy', '/handbook/index.html', '/handbook/tracks.html', '/latin1', '/notes.md', '/plain.txt'];
    expect(pages).toEqual([...read, '/twice']);
    expect(end).toMatchObject({ status: 'completed', processed_pages: 8 });
    expect(line(end, '/missing')?.message).toContain('answers 404');
    expect(line(end, '/gone')?.message).toContain('answers 410');
    expect(line(end, '/private/secret')?.message).toContain('robots.txt');
    expect(line(end, '/endless')?.message).toContain('larger than 0.5 MB');
    expect(line(end, '/stalled')?.message).toContain('longer than 3 s');
    expect(line(end, '/manual.pdf')?.message).toContain('application/pdf');
    expect(line(end, '/loop-a')?.message).toContain('in a circle');
    expect(line(end, '/also-twice')?.message).toContain('which is known');
    expect(line(end, '/away')?.message).toContain('another site');
    expect(line(end, '/noindex')?.message).toContain('not to be indexed');
    expect(line(end, '/empty')?.message).toContain('no text');
    expect(site.requests).not.toContain('/private/secret');
    expect(site.requests).not.toContain('/unloved');
    expect(site.requests.filter((path) => path === '/twice')).toHaveLength(1);
    expect(site.requests.filter((path) => path === '/handbook/tracks.html')).toHaveLength(1);
    expect(made.corpus.index.search('Straßenbahn')[0]?.title).toBe('Züge');
    expect(site.userAgent).toBe('Switchyard');
    expect(site.peak).toBeLessThanOrEqual(4);
  });

  it('follows the links of a page that asks not to be indexed', async () => {
    const site = await serve(oddRoutes());
    const made = crawler();
    const end = await made.crawl({ url: `${site.url}/noindex` });
    expect(end).toMatchObject({ status: 'completed', processed_pages: 1 });
    expect(made.corpus.index.search('found')[0]?.url).toBe(`${site.url}/found-through-noindex`);
  });

  it('keeps to max_pages and max_depth', async () => {
    const site = await serve();
    const made = crawler();
    expect(await made.crawl({ url: `${site.url}/handbook/`, max_pages: 5 })).toMatchObject({
      processed_pages: 5,
      total_pages: 5,
    });
    expect(await made.crawl({ url: `${site.url}/handbook/`, max_depth: 0 })).toMatchObject({ processed_pages: 1 });
  });

  it('does not count failed pages towards max_pages', async () => {
    const site = await serve({
      '/': htmlPage('Start', linksTo('/no1', '/no2', '/no3', '/a', '/b', '/c')),
      '/a': htmlPage('A', '<p>a</p>'),
      '/b': htmlPage('B', '<p>b</p>'),
      '/c': htmlPage('C', '<p>c</p>'),
    });
    const made = crawler();
    const end = await made.crawl({ url: `${site.url}/`, max_pages: 3 });
    expect(end).toMatchObject({ status: 'completed', processed_pages: 3 });
    expect((await made.corpus.pages.list(end.source_id!)).map(({ title }) => title)).toEqual(['Start', 'A', 'B']);
  });

  it('crawls the site to which its start page redirects', async () => {
    const there = await serve({ '/': htmlPage('There', linksTo('/next')), '/next': htmlPage('Next', '<p>next</p>') });
    const here = await serve({ '/': redirect(`${there.url}/`) });
    const made = crawler();
    const end = await made.crawl({ url: here.url });
    expect(end).toMatchObject({ status: 'completed', processed_pages: 2 });
    expect((await made.corpus.sources.get(end.source_id!))?.url).toBe(`${there.url}/`);
  });

  it('replaces the pages of a site that is crawled again, and removes pages that are gone', async () => {
    const site = await serve({
      '/': htmlPage('Start', linksTo('/a', '/b')),
      '/a': htmlPage('A', '<p>ballast</p>'),
      '/b': htmlPage('B', '<p>catenary</p>'),
    });
    const made = crawler();
    const first = await made.crawl({ url: site.url });
    expect(made.corpus.index.search('catenary')).toHaveLength(1);

    site.set('/', htmlPage('Start', linksTo('/a')));
    site.set('/a', htmlPage('A', '<p>gravel</p>'));
    site.set('/b', undefined);
    const second = await made.crawl({ url: site.url });
    expect(second.source_id).toBe(first.source_id);
    expect(made.corpus.index.search('catenary')).toHaveLength(0);
    expect(made.corpus.index.search('ballast')).toHaveLength(0);
    expect(made.corpus.index.search('gravel')).toHaveLength(1);
    expect(await made.corpus.sources.get(first.source_id!)).toMatchObject({ pages_count: 2 });
    expect(await made.corpus.sources.list()).toHaveLength(1);
  });

  it('keeps a page that fails temporarily', async () => {
    const site = await serve({
      '/': htmlPage('Start', linksTo('/a')),
      '/a': htmlPage('A', `<p>ballast</p>${linksTo('/b')}`),
      '/b': htmlPage('B', '<p>catenary</p>'),
    });
    const made = crawler();
    await made.crawl({ url: site.url });
    site.set('/a', answer(500, 'text/html', ''));
    await made.crawl({ url: site.url });
    expect(made.corpus.index.search('catenary')).toHaveLength(1);
    expect(made.corpus.index.search('ballast')).toHaveLength(1);
  });

  it.each<[string, Routes, RegExp]>([
    ['missing', {}, /unable to crawl .*; it answers 404/],
    ['not a text', { '/': answer(200, 'image/png', '') }, /it is image\/png, not a text/],
    [
      'forbidden by robots.txt',
      { '/robots.txt': answer(200, 'text/plain', 'User-agent: *\nDisallow: /') },
      /robots.txt/,
    ],
    [
      'under a robots.txt that cannot be read',
      { '/robots.txt': answer(500, 'text/plain', '') },
      /robots.txt answers 500/,
    ],
    ['without any text', { '/': answer(200, 'text/html', '<title>x</title>') }, /none of its pages has any text/],
  ])('ends as an error when the start page is %s', async (_, routes, text) => {
    const site = await serve(routes);
    const end = await crawler().crawl({ url: `${site.url}/` });
    expect(end.status).toBe('error');
    expect(end.error).toMatch(text);
    expect(end.completed_at).toBeDefined();
  });

  it('reports that no server answers', async () => {
    const site = await startSite();
    await site.close();
    const end = await crawler().crawl({ url: site.url });
    expect(end).toMatchObject({ status: 'error', error: expect.stringContaining('connection refused') });
  });

  it('refuses private addresses, by number and by name, unless they are allowed', async () => {
    const site = await serve();
    const made = crawler({ allowPrivate: false });
    const { port } = new URL(site.url);
    for (const url of [`${site.url}/`, `http://localhost:${port}/`, `http://[::ffff:127.0.0.1]:${port}/`]) {
      expect(await made.crawl({ url })).toMatchObject({ status: 'error', error: expect.stringContaining('private') });
    }
    expect(site.requests).toEqual([]);
  });

  it('keeps the delay that robots.txt demands', async () => {
    const site = await serve({
      '/robots.txt': answer(200, 'text/plain', 'User-agent: switchyard\nCrawl-delay: 0.1'),
      '/': htmlPage('Start', linksTo('/a', '/b')),
      '/a': htmlPage('A', '<p>a</p>'),
      '/b': htmlPage('B', '<p>b</p>'),
    });
    const end = await crawler().crawl({ url: site.url });
    expect(end).toMatchObject({ status: 'completed', processed_pages: 3 });
    expect(end.duration_s).toBeGreaterThanOrEqual(0.2);
    expect(site.peak).toBe(1);
  });

  it('asks a busy server two more times', async () => {
    const site = await serve({
      '/': htmlPage('Start', linksTo('/twice', '/thrice', '/days')),
      '/twice': busy(2, 429, '0'),
      '/thrice': busy(3, 503),
      '/days': busy(1, 503, '86400'),
    });
    const end = await crawler().crawl({ url: site.url });
    expect(end).toMatchObject({ status: 'completed', processed_pages: 2 });
    expect(line(end, '/thrice')?.message).toContain('answers 503');
    expect(line(end, '/days')?.message).toContain('answers 503');
  });

  it('can be stopped while it reads', async () => {
    const site = await serve({ '/': htmlPage('Start', linksTo('/stalled')), '/stalled': stalled });
    const made = crawler();
    const { progress_id } = await made.start({ request: { url: site.url } });
    await made.when(({ status, total_pages }) => status === 'crawling' && total_pages === 2);
    // One of two pages is read, so half of the stage `crawling` is done.
    expect(await made.stop(progress_id)).toEqual({ progress_id, status: 'stopping' });
    expect(await made.when(({ status }) => status === 'stopping')).toMatchObject({ percentage: 17.5 });
    const end = await made.ended(progress_id);
    expect(end).toMatchObject({ status: 'cancelled', message: 'Stopped; nothing was indexed' });
    await made.stop(progress_id);
    expect(await made.progress(progress_id)).toEqual(end);
    expect(made.seen.slice(-2).map(({ status }) => status)).toEqual(['stopping', 'cancelled']);
  });

  it('keeps the indexed pages when it is stopped while it stores', async () => {
    const site = await serve();
    const made = crawler();
    const { progress_id } = await made.start({ request: { url: `${site.url}/handbook/` } });
    await made.when(({ processed_pages }) => processed_pages > 0);
    await made.stop(progress_id);
    const end = await made.ended(progress_id);
    expect(end.status).toBe('cancelled');
    expect(end.message).toMatch(/^Stopped; the \d+ pages indexed so far stay$/);
    const source = await made.corpus.sources.get(end.source_id!);
    expect(source).toMatchObject({ status: 'active', pages_count: end.processed_pages });
  });

  it('can be stopped before it has begun', async () => {
    const site = await serve({ '/robots.txt': stalled });
    const made = crawler({ maxRuns: 1 });
    await made.start({ request: { url: site.url } });
    const { progress_id } = await made.start({ request: { url: site.url } });
    await made.stop(progress_id);
    expect((await made.ended(progress_id)).status).toBe('cancelled');
  });

  it('is unknown if no one started it', async () => {
    await expect(crawler().stop('nobody')).rejects.toMatchObject({ code: 'room.not_found' });
    expect(await crawler().progress('nobody')).toBeUndefined();
  });

  it('ends as interrupted when the server stops', async () => {
    const site = await serve({ '/': stalled });
    const made = crawler();
    const { progress_id } = await made.start({ request: { url: site.url } });
    await made.when(({ status }) => status === 'analyzing');
    await made.close();
    const error = 'interrupted: the server was stopped';
    expect(await made.ended(progress_id)).toMatchObject({ status: 'error', error });
  });

  it('keeps nothing of a source that is deleted during the crawl', async () => {
    const site = await serve();
    const made = crawler();
    const { progress_id } = await made.start({ request: { url: `${site.url}/handbook/` } });
    const { source_id } = await made.when(({ processed_pages }) => processed_pages > 0);
    await made.corpus.deleteSource(source_id!);
    expect(await made.ended(progress_id)).toMatchObject({ status: 'cancelled' });
    expect(await made.corpus.pages.list(source_id!)).toEqual([]);
    expect(made.corpus.index.size).toBe(0);
  });

  it('waits for another crawl of the same source', async () => {
    const site = await serve();
    const made = crawler();
    const url = `${site.url}/handbook/`;
    const ends = await Promise.all([made.crawl({ url }), made.crawl({ url }), made.crawl({ url })]);
    expect(ends.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    expect(made.corpus.index.size).toBe(ends[0].chunks_stored);
  });

  it('is started for other services, which get its end', async () => {
    const site = await serve();
    const made = crawler();
    const ends: unknown[] = [];
    made.events.on('crawl_finished').subscribe((event) => ends.push(event));
    const url = `${site.url}/handbook/safety.html`;
    await made.requests.make({ request: { url, max_pages: 1 }, owner: 'ada' }, 'asked-for');
    const { source_id, message } = await made.ended('asked-for');
    expect(ends).toEqual([{ url, success: true, message, progress_id: 'asked-for', source_id, owner: 'ada' }]);
  });
});

/** The parts of a crawler that can be called on their own. */
function bound(made: Crawler) {
  return {
    start: (order: CrawlOrder) => made.start(order),
    corpus: made.corpus,
    ended: (id: string) => made.ended(id),
  };
}
