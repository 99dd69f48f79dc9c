import { SINGLE_ROOM_KEY } from '@switchyard/contract';
import {
  isCrawlOver,
  crawl,
  knowledge,
  knowledgeLegacy,
  type CrawlProgress,
  type KnowledgePage,
} from '@switchyard/services';
import { call, snapshotWhen } from '../restart/busy.service.js';
import { htmlPage, startSite } from '../sites/site.server.js';
import type { ServiceRuns } from './service.runs.js';

/** A source that is refreshed. */
export const runs: ServiceRuns = {
  contract: knowledge,
  legacy: knowledgeLegacy,
  isAlone: true,
  environment: { CRAWL_ALLOW_PRIVATE: 'true' },
  knowsEveryKey: true,
  // Like crawls, which it starts.
  remembered: { objects: 9, runs: 125 },
  isOver: ({ items }: KnowledgePage) => items.every(({ metadata }) => metadata.status === 'active'),
  isLast: (event) => event === 'crawl_completed',
  async start(server) {
    const site = await startSite({ '/': htmlPage('Yard', '<p>Points and signals.</p>') });
    const request = { url: `${site.url}/` };
    const { progress_id } = await call<{ progress_id: string }>(server, crawl, 'start_crawl', request);
    const over = ({ status }: CrawlProgress) => isCrawlOver(status);
    const { source_id } = await snapshotWhen<CrawlProgress>(server, crawl, progress_id, over);
    return {
      begin: () => Promise.resolve(SINGLE_ROOM_KEY),
      end: () => call(server, knowledge, 'refresh_item', { source_id }),
      close: () => site.close(),
    };
  },
};
