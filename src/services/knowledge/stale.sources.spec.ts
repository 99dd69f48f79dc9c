import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { openLmdbStore, type LmdbStore } from '@switchyard/server';
import { openCorpus } from '../../../test/sites/crawler.js';
import { DomainEvents, Sources, type DomainEventMap } from '../../corpus/index.js';
import { Claims } from '../../jobs/index.js';
import { KnowledgeSettings } from './knowledge.settings.js';
import { SourceRefresher } from './source.refresher.js';
import { StaleSources } from './stale.sources.js';

const DAY_MS = 86_400_000;

describe('stale sources', () => {
  const now = Date.parse('2026-03-10T00:00:00.000Z');
  const daysAgo = (days: number) => new Date(now - days * DAY_MS).toISOString();
  let folder: string;
  let store: LmdbStore;
  let requests: DomainEventMap['crawl_requested'][];
  let events: DomainEvents;
  let stale: StaleSources;
  const refreshers: SourceRefresher[] = [];

  /** What another process has on the same store. */
  const another = (): StaleSources => {
    const refresher = new SourceRefresher(new Sources(store), events);
    refreshers.push(refresher);
    return new StaleSources(store, new Sources(store), refresher, new Claims(store), new KnowledgeSettings());
  };
  const end = (request: DomainEventMap['crawl_requested']) =>
    events.emit('crawl_finished', {
      url: request.request.url,
      success: false,
      message: '',
      progress_id: request.progress_id,
    });

  beforeAll(() => Logger.overrideLogger(['error']));
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-stale-'));
    store = await openLmdbStore(join(folder, 'store'));
    events = new DomainEvents();
    requests = [];
    events.on('crawl_requested').subscribe((request) => requests.push(request));
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
    for (const refresher of refreshers.splice(0)) refresher.onModuleDestroy();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('are crawled again as they were before', async () => {
    expect(await stale.refreshDue(now)).toEqual(['old']);
    const request = { url: 'http://old/', max_pages: 3, max_depth: 1, tags: ['yard'] };
    expect(requests).toEqual([{ progress_id: expect.any(String), request }]);
  });

  it('are left alone while that goes on, and for a day when it did not help', async () => {
    await stale.refreshDue(now);
    expect(await stale.refreshDue(now + 2 * DAY_MS)).toEqual(['fresh']);
    end(requests[0]!);
    expect(await another().refreshDue(now + DAY_MS / 2)).toEqual([]);
    expect(await another().refreshDue(now + DAY_MS)).toEqual(['old']);
  });

  it('are not tried sooner after a restart', async () => {
    await stale.refreshDue(now);
    await store.close();
    store = await openLmdbStore(join(folder, 'store'));
    expect(await another().refreshDue(now + DAY_MS / 2)).toEqual([]);
    expect(await another().refreshDue(now + DAY_MS)).toEqual(['old']);
  });

  it('are looked for by one process of all in an hour', async () => {
    await Promise.all([stale.look(now), another().look(now + 20), another().look(now + 3)]);
    expect(requests.map(({ request }) => request.url)).toEqual(['http://old/']);
    await another().look(now + DAY_MS);
    expect(requests.map(({ request }) => request.url)).toEqual(['http://old/', 'http://old/']);
  });
});
