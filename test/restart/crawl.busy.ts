import { equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crawl, isCrawlOver, type CrawlProgress } from '@switchyard/services';
import { call, snapshotWhen, type BusyService } from './busy.service.js';

/** Crawls an endless site. */
export const busy: BusyService = {
  contract: crawl,
  async start(server) {
    const site = createServer((request, response) => {
      const page = Number(request.url!.slice(1)) || 0;
      const links = [1, 2, 3].map((n) => `<a href="/${page * 3 + n}">${page * 3 + n}</a>`).join(' ');
      const answer = () =>
        response.end(`<title>${page}</title><h1>Page ${page}</h1><p>words of page ${page}</p>${links}`);
      response.setHeader('content-type', 'text/html');
      setTimeout(answer, 10);
    });
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    const closed = once(site, 'close').then(() => Promise.reject(new Error('the site is closed')));
    const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
    // More pages than can be read before a kill, because a finished crawl cannot be interrupted.
    const limits = { max_pages: 10_000, max_depth: 10 };
    const { progress_id } = await call<{ progress_id: string }>(server, crawl, 'start_crawl', { url, ...limits });
    return {
      key: progress_id,
      isRun: true,
      act: () => Promise.race([new Promise<void>((resolve) => site.once('request', () => resolve())), closed]),
      async check(died) {
        if (!died) await call(server, crawl, 'stop_crawl', { progress_id }).catch(() => undefined);
        const last = await snapshotWhen<CrawlProgress>(server, crawl, progress_id, ({ status }) => isCrawlOver(status));
        if (!died) return;
        equal(last.status, 'error');
        match(last.error!, /interrupted/);
      },
      close() {
        site.closeAllConnections();
        site.close();
      },
    };
  },
};
