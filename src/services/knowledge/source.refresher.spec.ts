import { MemoryStore } from '@switchyard/server';
import { openCorpus } from '../../../test/sites/crawler.js';
import { DomainEvents, Sources, type DomainEventMap } from '../../corpus/index.js';
import { KnowledgeSettings } from './knowledge.settings.js';
import { SourceRefresher } from './source.refresher.js';

const DAY_MS = 86_400_000;

describe('stale sources', () => {
  const now = Date.parse('2026-03-10T00:00:00.000Z');
  const daysAgo = (days: number) => new Date(now - days * DAY_MS).toISOString();
  let requests: DomainEventMap['crawl_requested'][];
  let events: DomainEvents;
  let refresher: SourceRefresher;

  beforeEach(async () => {
    const store = new MemoryStore();
    events = new DomainEvents();
    requests = [];
    events.on('crawl_requested').subscribe((request) => requests.push(request));
    const corpus = openCorpus(store, events);
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
    refresher = new SourceRefresher(new Sources(store), events, new KnowledgeSettings());
  });
  afterEach(() => refresher.onModuleDestroy());

  it('are crawled again as they were before', async () => {
    expect(await refresher.refreshStale(now)).toEqual(['old']);
    const request = { url: 'http://old/', max_pages: 3, max_depth: 1, tags: ['yard'] };
    expect(requests).toEqual([{ progress_id: expect.any(String), request }]);
  });

  it('are left alone while that goes on, and for a day when it did not help', async () => {
    await refresher.refreshStale(now);
    expect(await refresher.refreshStale(now + 2 * DAY_MS)).toEqual(['fresh']);
    const { progress_id } = requests[0]!;
    events.emit('crawl_finished', { url: 'http://old/', success: false, message: '', progress_id });
    expect(await refresher.refreshStale(now + DAY_MS / 2)).toEqual([]);
    expect(await refresher.refreshStale(now + DAY_MS)).toEqual(['old']);
  });
});
