import { CrawlProgressService } from '@switchyard/services/crawl/crawl.client.js';
import { useMemo } from 'react';
import { usePage } from '../realtime/page.context.js';
import { ServicePanel } from '../room/service.panel.js';
import { CrawlCard } from './crawl.card.js';
import { CrawlForm } from './crawl.form.js';
import { useRecentCrawls } from './recent.crawls.hook.js';

/** Starts crawls and shows them live. */
export function CrawlPanel() {
  const { realtime } = usePage();
  const crawls = useMemo(() => new CrawlProgressService(realtime), [realtime]);
  const [recent, recentCrawls] = useRecentCrawls();
  return (
    <ServicePanel
      title="Crawl"
      service="crawl"
      about="Reads a site page by page into the index, which chat, query and research answer from."
    >
      <CrawlForm start={(request) => crawls.start(request)} started={(crawl) => recentCrawls.add(crawl)} />
      <section className="stack" aria-labelledby="crawls-title">
        <h2 id="crawls-title">Crawls of this browser</h2>
        {recent.length === 0 && <p className="empty">None yet. Start one above; its card stays here across reloads.</p>}
        {recent.map((crawl) => (
          <CrawlCard key={crawl.id} crawl={crawl} crawls={crawls} dismiss={() => recentCrawls.remove(crawl.id)} />
        ))}
      </section>
    </ServicePanel>
  );
}
