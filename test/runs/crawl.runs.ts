import { crawl, crawlLegacy, isCrawlOver, type CrawlProgress } from '@switchyard/services';
import { call } from '../restart/busy.service.js';
import { htmlPage, linksTo, startSite } from '../sites/site.server.js';
import type { ServiceRuns } from './service.runs.js';

/** A crawl of two pages. */
export const runs: ServiceRuns = {
  contract: crawl,
  legacy: crawlLegacy,
  environment: { CRAWL_ALLOW_PRIVATE: 'true' },
  // Measured, not understood: what of it there is stops growing within so many runs.
  remembered: { objects: 60, runs: 250 },
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
