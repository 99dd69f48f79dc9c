import { fakeRealtime } from '@switchyard/client/testing';
import { CrawlProgressService } from './crawl.client.js';
import { crawl } from './crawl.contract.js';
import type { CrawlProgress } from './crawl.progress.js';

const progress = (percentage: number, status: CrawlProgress['status'] = 'crawling'): CrawlProgress => ({
  progress_id: 'c1',
  status,
  percentage,
  total_pages: 10,
  processed_pages: percentage / 10,
  chunks_stored: 0,
  word_count: 0,
  started_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  logs: [],
});

function start() {
  const { realtime, transport } = fakeRealtime(crawl);
  const wire = transport(crawl);
  wire.admit = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot: progress(0) });
  let offset = 0;
  const update = (payload: CrawlProgress) =>
    wire.emit('c1', { event: 'progress_update', payload, position: { epoch: 'e', offset: ++offset } });
  return { wire, update, realtime, crawls: new CrawlProgressService(realtime) };
}

it('the crawl client reports the progress of a crawl, and completes with the crawl', async () => {
  const { crawls, update, wire } = start();
  const seen: number[] = [];
  const ended = new Promise<void>((complete) => {
    crawls.progress('c1').subscribe({ next: ({ percentage }) => seen.push(percentage), complete });
  });
  await wire.joined('c1');
  update(progress(10));
  update(progress(100, 'completed'));
  await ended;
  expect(seen).toEqual([0, 10, 100]);
  expect(wire.rooms.size).toBe(0);
});

it('the crawl client starts and stops crawls', async () => {
  const { crawls, wire } = start();
  wire.answer = () => ({ ok: true, data: { progress_id: 'c1' } });
  await expect(crawls.start({ url: 'http://localhost/' })).resolves.toBe('c1');
  await crawls.stop('c1');
  expect(wire.calls).toMatchObject([
    { name: 'start_crawl', payload: { url: 'http://localhost/' } },
    { name: 'stop_crawl', payload: { progress_id: 'c1' } },
  ]);
});

it('the crawl client serves several callbacks from one room, and removes them one by one or together', async () => {
  const { crawls, update, wire } = start();
  const seen: string[] = [];
  const follower =
    (name: string) =>
    ({ percentage }: CrawlProgress) =>
      seen.push(`${name} ${percentage}`);
  const [first, second, third] = [follower('first'), follower('second'), follower('third')];
  crawls.subscribeToCrawlProgress('c1', first);
  crawls.subscribeToCrawlProgress('c1', second);
  await wire.joined('c1');
  update(progress(10));
  crawls.unsubscribeFromCrawl('c1', first);
  crawls.subscribeToCrawlProgress('c1', third);
  update(progress(20));
  expect(seen).toEqual(['first 0', 'second 0', 'first 10', 'second 10', 'third 10', 'second 20', 'third 20']);
  crawls.unsubscribeFromCrawl('c1');
  expect(wire.rooms.size).toBe(0);
});

it('the crawl client registers one callback once, however often it is given', async () => {
  const { crawls, update, wire } = start();
  const seen: number[] = [];
  const callback = ({ percentage }: CrawlProgress) => seen.push(percentage);
  crawls.subscribeToCrawlProgress('c1', callback);
  crawls.subscribeToCrawlProgress('c1', callback);
  await wire.joined('c1');
  update(progress(100, 'completed'));
  expect(seen).toEqual([0, 100]);
});
