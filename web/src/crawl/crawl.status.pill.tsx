import type { CrawlStatus } from '@switchyard/services';
import { STATUS_WORDS } from './crawl.words.js';

/** A crawl's status; changes are read out. */
export function CrawlStatusPill({ status }: { status: CrawlStatus }) {
  const { label, tone } = STATUS_WORDS[status];
  return (
    <span className={`badge tone-${tone}`} role="status">
      <span className="dot" aria-hidden="true" />
      {label}
    </span>
  );
}
