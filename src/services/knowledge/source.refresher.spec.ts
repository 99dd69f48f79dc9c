import { Fault } from '@switchyard/contract';
import { MemoryStore, type Store } from '@switchyard/server';
import type { CrawlProgress } from '@switchyard/services';
import { openCorpus } from '../../../test/sites/crawler.js';
import { CrawlRequests, CrawlStore, Sources, type CrawlStart } from '../../corpus/index.js';
import { SourceRefresher } from './source.refresher.js';

describe('a refreshed source', () => {
  let store: Store;
  let runs: CrawlStore;
  let asked: string[];
  beforeEach(async () => {
    store = new MemoryStore();
    runs = new CrawlStore(store);
    asked = [];
    const { corpus } = openCorpus(store);
    await corpus.openSource({ source_id: 'yard', url: 'http://yard/', title: 'Yard', source_type: 'url' });
    await corpus.openSource({ source_id: 'file', url: 'file:yard.md', title: 'Yard', source_type: 'file' });
  });
  const put = (progress_id: string, status: CrawlProgress['status']) => {
    const at = new Date().toISOString();
    const counts = { percentage: 0, total_pages: 0, processed_pages: 0, chunks_stored: 0, word_count: 0 };
    const progress: CrawlProgress = { progress_id, status, ...counts, started_at: at, updated_at: at, logs: [] };
    return store.documents.write([runs.put({ request: { url: 'http://yard/' }, progress })]);
  };
  const take: CrawlStart = (_order, progress_id) => {
    asked.push(progress_id);
    return put(progress_id, 'waiting');
  };
  /** Makes the refresher of one more process on the same store. */
  const refresher = (start = take) => {
    const crawls = new CrawlRequests();
    crawls.serveWith(start);
    return new SourceRefresher(store, new Sources(store), runs, crawls);
  };

  it('is crawled once when several processes are asked at the same time, and again after that crawl', async () => {
    const [a, b] = [refresher(), refresher()];
    const ids = await Promise.all([a, b, a].map((one) => one.refresh('yard', undefined)));
    expect(asked).toHaveLength(1);
    expect(new Set(ids)).toEqual(new Set(asked));
    expect(await b.isRefreshing('yard')).toBe(true);
    await put(asked[0]!, 'completed');
    expect(await b.isRefreshing('yard')).toBe(false);
    await b.refresh('yard', undefined);
    expect(asked).toHaveLength(2);
  });

  it('is possible again when its crawl was refused', async () => {
    const refused = refresher(() => Promise.reject(new Fault('store.unavailable')));
    await expect(refused.refresh('yard', undefined)).rejects.toMatchObject({ code: 'store.unavailable' });
    await refresher().refresh('yard', undefined);
    expect(asked).toHaveLength(1);
  });

  it('must exist and must be a site', async () => {
    await expect(refresher().refresh('nobody', undefined)).rejects.toMatchObject({ code: 'item.not_found' });
    await expect(refresher().refresh('file', undefined)).rejects.toMatchObject({ code: 'item.not_refreshable' });
  });
});
