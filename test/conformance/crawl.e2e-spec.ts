import { crawl, crawlLegacy } from '@switchyard/services';
import { startHeldCrawls } from '../sites/held.crawls.js';
import { CANARY, serviceConformance } from './service.conformance.js';

serviceConformance({
  contract: crawl,
  codec: crawlLegacy,
  unknown: 'nobody-knows-this-crawl',
  environment: { CRAWL_ALLOW_PRIVATE: 'true' },
  badCall: { call: 'start_crawl', payload: { url: `javascript:${CANARY}` } },
  start: startHeldCrawls,
});
