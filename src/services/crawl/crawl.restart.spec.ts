import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Fault } from '@switchyard/contract';
import { MemoryStore } from '@switchyard/server';
import { openLmdbStore, type LmdbStore } from '@switchyard/store-lmdb';
import { Crawler } from '../../../test/sites/crawler.js';
import { stalled } from '../../../test/sites/odd.routes.js';
import { htmlPage, startSite, type Site } from '../../../test/sites/site.server.js';

const INTERRUPTED = 'interrupted: the server was stopped';

beforeAll(() => Logger.overrideLogger(false));

describe('crawls that outlive their process', () => {
  let folder: string;
  let store: LmdbStore;
  let site: Site;
  let stuck: Site;
  const made: Crawler[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-crawls-'));
    store = await openLmdbStore(join(folder, 'store'));
    site = await startSite({ '/': htmlPage('Start', '<p>ballast</p>') });
    stuck = await startSite({ '/': stalled });
  });
  afterEach(async () => {
    for (const crawler of made.splice(0)) await crawler.close();
    await Promise.all([site.close(), stuck.close(), store.close()]);
    rmSync(folder, { recursive: true });
  });
  const crawler = async (): Promise<Crawler> => {
    const one = new Crawler({ maxRuns: 1 }, store);
    made.push(one);
    await one.begin();
    return one;
  };
  const restart = async () => {
    await store.close();
    store = await openLmdbStore(join(folder, 'store'));
  };

  it('continue with the same id after a crash if they waited, and end if they had begun', async () => {
    const before = await crawler();
    const begun = await before.start({ request: { url: stuck.url }, owner: 'ada' });
    await before.when(({ status }) => status === 'analyzing');
    const waiting = await before.start({ request: { url: site.url }, owner: 'bob' });
    await restart();

    const after = await crawler();
    expect(await after.ended(begun.progress_id)).toMatchObject({ status: 'error', error: INTERRUPTED });
    const end = await after.ended(waiting.progress_id);
    expect(end).toMatchObject({ status: 'completed', started_at: waiting.started_at, processed_pages: 1 });
    expect((await after.crawls.get(waiting.progress_id))?.owner).toBe('bob');
    expect(await after.unfinished()).toEqual([]);
  });

  it('are ended as orphans if they had begun or their job is lost', async () => {
    const before = await crawler();
    const begun = await before.start({ request: { url: stuck.url } });
    await before.when(({ status }) => status === 'analyzing');
    const waiting = await before.start({ request: { url: site.url } });
    const lost = { ...waiting, progress_id: 'lost' };
    await store.documents.write([before.crawls.put({ request: { url: site.url }, progress: lost })]);
    await restart();

    const after = new Crawler({ maxRuns: 1 }, store);
    expect(new Set(await after.unfinished())).toEqual(new Set([begun.progress_id, waiting.progress_id, 'lost']));
    expect(await after.endOrphan(begun.progress_id)).toMatchObject({ status: 'error', error: INTERRUPTED });
    expect(await after.endOrphan('lost')).toMatchObject({ status: 'error', error: INTERRUPTED });
    expect(await after.endOrphan(waiting.progress_id)).toBeUndefined();
    expect(await after.endOrphan('nobody')).toBeUndefined();
  });

  it('go on waiting when the server is stopped', async () => {
    const before = await crawler();
    const begun = await before.start({ request: { url: stuck.url } });
    await before.when(({ status }) => status === 'analyzing');
    const waiting = await before.start({ request: { url: site.url } });
    await before.close();
    expect(await before.ended(begun.progress_id)).toMatchObject({ status: 'error', error: INTERRUPTED });
    expect(await before.progress(waiting.progress_id)).toMatchObject({ status: 'waiting' });
    await restart();

    const after = await crawler();
    expect((await after.ended(waiting.progress_id)).status).toBe('completed');
  });
});

describe('a crawl', () => {
  let site: Site;
  beforeEach(async () => {
    site = await startSite({ '/': htmlPage('Start', '<p>ballast</p>') });
  });
  afterEach(() => site.close());

  /** Makes a store that refuses the first writes to a collection, `times` of them. */
  const awayFor = (collection: string, times: number) => {
    const store = new MemoryStore();
    const write = store.documents.write.bind(store.documents);
    store.documents.write = (writes) =>
      writes.some((one) => one.collection === collection) && times-- > 0
        ? Promise.reject(new Fault('store.unavailable'))
        : write(writes);
    return store;
  };

  it('waits and is tried again when the store is away for a moment, and never lowers its percentage', async () => {
    const made = new Crawler({}, awayFor('sources', 1));
    await made.begin();
    const end = await made.crawl({ url: site.url });
    expect(end).toMatchObject({ status: 'completed', processed_pages: 1 });
    expect(made.seen.filter(({ status }) => status === 'waiting')).toHaveLength(2);
    made.seen.reduce((before, now) => {
      expect(now.percentage).toBeGreaterThanOrEqual(before.percentage);
      return now;
    });
    await made.close();
  });

  it('fails after three tries', async () => {
    const made = new Crawler({}, awayFor('sources', Infinity));
    await made.begin();
    const end = await made.crawl({ url: site.url });
    expect(end).toMatchObject({ status: 'error', error: new Fault('store.unavailable').message });
    expect(made.seen.filter(({ status }) => status === 'waiting')).toHaveLength(3);
    await made.close();
  });

  it('is refused when it cannot be queued, and its room gets the error', async () => {
    const made = new Crawler({}, awayFor('jobs:crawl', 1));
    await made.begin();
    const order = { request: { url: site.url } };
    await expect(made.start(order, 'refused')).rejects.toMatchObject({ code: 'store.unavailable' });
    expect((await made.ended('refused')).status).toBe('error');
    await made.close();
  });
});
