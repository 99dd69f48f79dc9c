import { CrawlProgressService } from '@switchyard/services/crawl/crawl.client.js';
import { useMemo } from 'react';
import { usePage } from '../realtime/page.context.js';
import { ServiceStages } from '../stages/service.stages.js';
import { CrawlCard } from './crawl.card.js';
import { CrawlForm } from './crawl.form.js';
import { useKeptCrawls } from './kept.crawls.hook.js';

/** Starts crawls and shows each one live. */
export function CrawlPanel() {
  const { realtime } = usePage();
  const crawls = useMemo(() => new CrawlProgressService(realtime), [realtime]);
  const [kept, keptCrawls] = useKeptCrawls();
  return (
    <div className="columns">
      <div className="stack">
        <h1>Crawl</h1>
        <CrawlForm start={(request) => crawls.start(request)} started={(crawl) => keptCrawls.add(crawl)} />
        <section className="stack" aria-labelledby="crawls-title">
          <h2 id="crawls-title">Crawls of this browser</h2>
          {kept.length === 0 && <p className="empty">None yet. Start one above; its card stays here across reloads.</p>}
          {kept.map((crawl) => (
            <CrawlCard key={crawl.id} crawl={crawl} crawls={crawls} dismiss={() => keptCrawls.remove(crawl.id)} />
          ))}
        </section>
      </div>
      <aside className="stack" aria-label="Stage of this service">
        <ServiceStages only="crawl" />
      </aside>
    </div>
  );
}
