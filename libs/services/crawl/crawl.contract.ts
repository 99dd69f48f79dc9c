import { defineService } from '@switchyard/contract';
import type { StartCrawl, StopCrawl } from './crawl.dto.js';
import { isCrawlOver, type CrawlProgress } from './crawl.progress.js';

/** The payload types of the crawl service. */
export interface CrawlTypes {
  room: { progress_id: string };
  calls: {
    start_crawl: { payload: StartCrawl; reply: { progress_id: string } };
    stop_crawl: { payload: StopCrawl; reply: { progress_id: string; status: 'stopping' } };
  };
  events: { progress_update: CrawlProgress };
  snapshot: CrawlProgress;
}

/** The contract of the crawl service. */
export const crawl = defineService<CrawlTypes>()({
  name: 'crawl',
  kind: 'state',
  room: { prefix: 'crawl', key: 'progress_id' },
  join: 'join_crawl',
  leave: 'leave_crawl',
  snapshot: 'progress_update',
  calls: { start_crawl: {}, stop_crawl: { repeatable: true } },
  events: { progress_update: { terminal: ({ status }) => isCrawlOver(status) } },
});
