import { setImmediate } from 'node:timers/promises';
import type { Reply } from '@switchyard/contract';
import type { CrawlProgress, QueryResult } from '@switchyard/services';
import { Corpus, DomainEvents, type ChunkDraft, type SearchHit } from '../../src/corpus/index.js';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket } from '../harness/clients.js';
import { TestRedis } from '../harness/redis.js';
import { htmlPage, linksTo, startSite } from '../sites/site.server.js';
import { until } from '../harness/until.js';

const PAGES = 12;
const CHUNKS = 25;
/** Far longer than another node needs to find new data, which is a fraction of a second. */
const SOON_MS = 40_000;

describe('the index of two nodes', () => {
  let redis: TestRedis;
  let settings: Record<string, string>;
  let a: TestApp;
  let b: TestApp;
  beforeEach(async () => {
    redis = await TestRedis.start();
    settings = { REDIS_URL: redis.url, CRAWL_ALLOW_PRIVATE: 'true' };
    [a, b] = await Promise.all([startApp(settings), startApp(settings)]);
  });
  afterEach(async () => {
    await Promise.all([a.close(), b.close()]);
    await redis.stop();
  });

  const corpusOf = ({ app }: TestApp) => app.get(Corpus, { strict: false });
  const found = (node: TestApp, query: string) => corpusOf(node).index.search(query, { limit: 1000 });
  const urls = (hits: SearchHit[]) => [...new Set(hits.map(({ url }) => url))].sort();
  const soon = (reached: () => boolean) => until('it on the other node', reached, SOON_MS);
  const ask = async ({ url }: TestApp, ws_id: string, query: string) => {
    const response = await fetch(`${url}/query/stream/${ws_id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as QueryResult;
  };
  const openYard = (node: TestApp) =>
    corpusOf(node).openSource({ source_id: 'yard', url: 'http://yard/', title: 'Yard', source_type: 'url' });
  const put = (node: TestApp, page: number, ...texts: string[]) => {
    const chunks: ChunkDraft[] = texts.map((text) => ({ heading: '', text, word_count: 2 }));
    const url = `http://yard/${page}`;
    return corpusOf(node).putPage({ source_id: 'yard', url, title: `Page ${page}`, text_length: 1, chunks });
  };

  it('has a page on both soon after one of them has crawled it', async () => {
    const site = await startSite({
      '/': htmlPage('Yard', `<p>A retarder is a brake that belongs to the track.</p>${linksTo('/hump')}`),
      '/hump': htmlPage('Hump', '<p>Gravity sorts the wagons behind the hump.</p>'),
    });
    try {
      const socket = await openSocket(a.url, '/crawl').connected();
      const reply = await socket.call<Reply<{ progress_id: string }>>('start_crawl', { url: site.url });
      const { progress_id } = (reply as { data: { progress_id: string } }).data;
      await socket.call('join_crawl', { progress_id });
      await socket.waitFor(({ args }) => (args[0] as CrawlProgress).status === 'completed', 'completed');
      // Either node may have crawled it.
      for (const node of [a, b]) await soon(() => urls(found(node, 'gravity retarder')).length === 2);
      expect(found(b, 'gravity')).toEqual(found(a, 'gravity'));
      const answer = await ask(b, 'w', 'What is a retarder?');
      expect(answer).toMatchObject({ from_cache: false, summary: expect.stringMatching(/brake that belongs/) });
    } finally {
      await site.close();
    }
  });

  it('loses a deleted source on both, with the answers from it, and reports that once', async () => {
    await openYard(a);
    await put(a, 1, 'A retarder is a brake that belongs to the track.');
    await soon(() => found(b, 'retarder').length === 1);
    expect((await ask(b, 'w1', 'What is a retarder?')).urls_found).toBe(1);
    expect((await ask(a, 'w2', 'What is a retarder?')).from_cache).toBe(true);
    const deletions: string[] = [];
    for (const [name, { app }] of Object.entries({ a, b })) {
      const events = app.get(DomainEvents, { strict: false });
      events.on('source_deleted').subscribe(() => deletions.push(`${name} did`));
      events.onAnywhere('source_deleted').subscribe(() => deletions.push(`${name} knows`));
    }
    const deleted = await Promise.all([a, b].map((node) => corpusOf(node).deleteSource('yard')));
    expect(deleted.filter(Boolean)).toHaveLength(1);
    await soon(() => deletions.length === 3);
    expect(deletions.filter((line) => line.endsWith('did'))).toHaveLength(1);
    expect([...found(a, 'retarder'), ...found(b, 'retarder')]).toEqual([]);
    await soon(() => deletions.includes('a knows') && deletions.includes('b knows'));
    for (const node of [a, b]) {
      expect(await ask(node, `w-${node.port}`, 'What is a retarder?')).toMatchObject({
        from_cache: false,
        urls_found: 0,
      });
    }
  });

  it('has the old or the new page, never half of it, while the other node crawls the source again', async () => {
    await openYard(a);
    const texts = (word: string) => Array.from({ length: CHUNKS }, () => `ballast ${word}`);
    for (let page = 0; page < PAGES; page += 1) await put(a, page, ...texts('v0'));
    await soon(() => found(b, 'ballast').length === PAGES * CHUNKS);
    const seen = new Set<string>();
    let isOver = false;
    const reading = (async () => {
      while (!isOver) {
        for (const node of [a, b]) {
          const hits = found(node, 'ballast');
          for (const url of urls(hits)) {
            const ofPage = hits.filter((hit) => hit.url === url);
            seen.add(`${ofPage.length} of ${new Set(ofPage.map(({ chunk }) => chunk.text)).size}`);
          }
          seen.add(`${urls(hits).length} pages`);
          await setImmediate();
        }
      }
    })();
    for (const word of ['v1', 'v2']) {
      await Promise.all(Array.from({ length: PAGES }, (_, page) => put(a, page, ...texts(word))));
      await soon(() => found(b, word).length === PAGES * CHUNKS);
    }
    isOver = true;
    await reading;
    expect([...seen].sort()).toEqual([`${CHUNKS} of 1`, `${PAGES} pages`].sort());
    expect(found(b, 'v0 v1')).toEqual([]);
  });

  it('is complete on a node that starts during a crawl, without the pages removed meanwhile', async () => {
    await openYard(a);
    const pages = [];
    for (let page = 0; page < PAGES; page += 1) pages.push(await put(a, page, `ballast n${page}`));
    const starting = startApp(settings);
    await corpusOf(a).removePages(pages.slice(0, 4));
    await put(a, 4, 'sleepers');
    const c = await starting;
    try {
      for (const node of [b, c]) {
        await soon(() => urls(found(node, 'ballast')).length === PAGES - 5 && found(node, 'sleepers').length === 1);
      }
    } finally {
      await c.close();
    }
  });

  it('is the same on both when both write to one source at once', async () => {
    await Promise.all([openYard(a), openYard(b)]);
    await Promise.all(Array.from({ length: PAGES }, (_, page) => put(page % 2 ? a : b, page, `ballast n${page}`)));
    const settled = await Promise.all([a, b].map((node) => corpusOf(node).settleSource('yard')));
    expect(settled.map((source) => source?.pages_count)).toEqual([PAGES, PAGES]);
    for (const node of [a, b]) await soon(() => found(node, 'ballast').length === PAGES);
  });

  it('equals the data in Redis, also when Redis comes back empty', async () => {
    await openYard(a);
    await put(a, 1, 'ballast');
    await soon(() => found(b, 'ballast').length === 1);
    await redis.restart();
    await soon(() => [a, b].every((node) => corpusOf(node).index.size === 0));
    await openYard(b);
    await put(b, 2, 'sleepers');
    await soon(() => found(a, 'sleepers').length === 1);
  });
});
