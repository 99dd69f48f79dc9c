import { crawl, crawlLegacy, isCrawlOver, type CrawlProgress } from '@switchyard/services';
import { call } from '../restart/busy.service.js';
import { htmlPage, linksTo, startSite } from '../sites/site.server.js';
import type { ServiceRuns } from './service.runs.js';

/** A crawl of two pages. */
export const runs: ServiceRuns = {
  contract: crawl,
  legacy: crawlLegacy,
  environment: { CRAWL_ALLOW_PRIVATE: 'true' },
  // Node stores the timing of the last 250 `fetch` requests, in three objects each.
  remembered: { objects: 9, runs: 84 },
  isOver: ({ status }: CrawlProgress) => isCrawlOver(status),
  async start(server) {
    const site = await startSite({ '/': htmlPage('Yard', linksTo('/hump')), '/hump': htmlPage('Hump', '') });
    return {
      begin: async () =>
        (await call<{ progress_id: string }>(server, crawl, 'start_crawl', { url: `${site.url}/` })).progress_id,
      close: () => site.close(),
    };
  },
};
