import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { openLmdbStore, type LmdbStore } from '@switchyard/store-lmdb';
import type { CrawlProgress } from '@switchyard/services';
import { openCorpus } from '../../../test/sites/crawler.js';
import { CrawlRequests, CrawlStore, DomainEvents, Sources, type CrawlOrder } from '../../corpus/index.js';
import { KnowledgeSettings } from './knowledge.settings.js';
import { SourceRefresher } from './source.refresher.js';
import { StaleSources } from './stale.sources.js';

const DAY_MS = 86_400_000;

type Asked = CrawlOrder & { progress_id: string };

describe('stale sources', () => {
  const now = Date.parse('2026-03-10T00:00:00.000Z');
  const daysAgo = (days: number) => new Date(now - days * DAY_MS).toISOString();
  let folder: string;
  let store: LmdbStore;
  let requests: Asked[];
  /** The address whose crawl is refused. */
  let refused: string | undefined;
  let events: DomainEvents;
  let stale: StaleSources;
  /** Makes the `StaleSources` of another process on the same store. */
  const another = (): StaleSources => {
    const runs = new CrawlStore(store);
    const crawls = new CrawlRequests();
    crawls.serveWith(async (order, progress_id) => {
      if (order.request.url === refused) throw new Error('unable to crawl; it was refused');
      requests.push({ ...order, progress_id });
      await put({ ...order, progress_id }, 'waiting');
    });
    const refresher = new SourceRefresher(store, new Sources(store), runs, crawls);
    return new StaleSources(store, new Sources(store), refresher, new KnowledgeSettings());
  };
  const put = ({ progress_id, ...order }: Asked, status: 'waiting' | 'error') => {
    const at = new Date(now).toISOString();
    const counts = { percentage: 0, total_pages: 0, processed_pages: 0, chunks_stored: 0, word_count: 0 };
    const progress: CrawlProgress = { progress_id, status, ...counts, started_at: at, updated_at: at, logs: [] };
    return store.documents.write([new CrawlStore(store).put({ ...order, progress })]);
  };
  const end = (asked: Asked) => put(asked, 'error');

  beforeAll(() => Logger.overrideLogger(['error']));
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-stale-'));
    store = await openLmdbStore(join(folder, 'store'));
    events = new DomainEvents();
    requests = [];
    refused = undefined;
    const { corpus } = openCorpus(store, events);
    const open = (source_id: string, age: number, more: object = {}) =>
      corpus.openSource({
        source_id,
        url: `http://${source_id}/`,
        title: source_id,
        source_type: 'url',
        status: 'active',
        last_scraped: daysAgo(age),
        ...more,
      });
    await open('old', 8, { crawl_limits: { max_pages: 3, max_depth: 1 }, tags: ['yard'] });
    await open('fresh', 6);
    await open('monthly', 20, { update_frequency_days: 30 });
    await open('file', 100, { source_type: 'file' });
    await open('busy', 100, { status: 'processing' });
    stale = another();
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('are crawled again with their last limits and tags', async () => {
    expect(await stale.refreshDue(now)).toEqual(['old']);
    const request = { url: 'http://old/', max_pages: 3, max_depth: 1, tags: ['yard'] };
    expect(requests).toEqual([{ progress_id: expect.any(String), request }]);
  });

  it('are not refreshed during a crawl, nor for a day after a failed one', async () => {
    await stale.refreshDue(now);
    expect(await stale.refreshDue(now + 2 * DAY_MS)).toEqual(['fresh']);
    await end(requests[0]!);
    expect(await another().refreshDue(now + DAY_MS / 2)).toEqual([]);
    expect(await another().refreshDue(now + DAY_MS)).toEqual(['old']);
  });

  it('are crawled again even if another one cannot be crawled', async () => {
    refused = 'http://old/';
    expect(await stale.refreshDue(now + 2 * DAY_MS)).toEqual(['fresh']);
    expect(requests.map(({ request }) => request.url)).toEqual(['http://fresh/']);
  });

  it('are not crawled sooner after a restart', async () => {
    await stale.refreshDue(now);
    await end(requests[0]!);
    await store.close();
    store = await openLmdbStore(join(folder, 'store'));
    expect(await another().refreshDue(now + DAY_MS / 2)).toEqual([]);
    expect(await another().refreshDue(now + DAY_MS)).toEqual(['old']);
  });

  it('are searched by one process per hour', async () => {
    await Promise.all([stale.look(now), another().look(now + 20), another().look(now + 3)]);
    expect(requests.map(({ request }) => request.url)).toEqual(['http://old/']);
    await end(requests[0]!);
    await another().look(now + DAY_MS);
    expect(requests.map(({ request }) => request.url)).toEqual(['http://old/', 'http://old/']);
  });
});
