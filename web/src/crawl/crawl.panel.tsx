import { CrawlProgressService } from '@switchyard/services/crawl/crawl.client.js';
import { useMemo } from 'react';
import { usePage } from '../realtime/page.context.js';
import { ServicePanel } from '../room/service.panel.js';
import { CrawlCard } from './crawl.card.js';
import { CrawlForm } from './crawl.form.js';
import { useKeptCrawls } from './kept.crawls.hook.js';

/** Starts crawls and shows each one live. */
export function CrawlPanel() {
  const { realtime } = usePage();
  const crawls = useMemo(() => new CrawlProgressService(realtime), [realtime]);
  const [kept, keptCrawls] = useKeptCrawls();
  return (
    <ServicePanel
      title="Crawl"
      service="crawl"
      about="Reads a site page by page into the index, which chat, query and research answer from."
    >
      <CrawlForm start={(request) => crawls.start(request)} started={(crawl) => keptCrawls.add(crawl)} />
      <section className="stack" aria-labelledby="crawls-title">
        <h2 id="crawls-title">Crawls of this browser</h2>
        {kept.length === 0 && <p className="empty">None yet. Start one above; its card stays here across reloads.</p>}
        {kept.map((crawl) => (
          <CrawlCard key={crawl.id} crawl={crawl} crawls={crawls} dismiss={() => keptCrawls.remove(crawl.id)} />
        ))}
      </section>
    </ServicePanel>
  );
}
