import { isCrawlOver, type CrawlProgress } from '@switchyard/services';
import { formatSeconds } from '../words/duration.js';

/** Shows the numbers of a crawl. */
export function CrawlFacts({ progress }: { progress: CrawlProgress }) {
  const { processed_pages, total_pages, chunks_stored, word_count, eta_s, duration_s, status } = progress;
  const time = isCrawlOver(status) ? duration_s : eta_s;
  const facts = [
    ['Pages', `${processed_pages.toLocaleString()} of ${total_pages.toLocaleString()}`],
    ['Chunks', chunks_stored.toLocaleString()],
    ['Words', word_count.toLocaleString()],
    [isCrawlOver(status) ? 'Took' : 'This step', time === undefined ? '–' : formatSeconds(time)],
  ] as const;
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
