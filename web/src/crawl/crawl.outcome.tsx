import type { CrawlProgress } from '@switchyard/services';
import { looksPrivate, PRIVATE_HELP } from './private.host.js';

/** How a crawl ended; nothing while it goes on. */
export function CrawlOutcome({ progress, url }: { progress: CrawlProgress; url: string }) {
  const { status, message, error } = progress;
  if (status === 'completed') return <p className="note note-good">{message ?? 'Completed.'}</p>;
  if (status === 'cancelled') return <p className="note">{message ?? 'Stopped.'}</p>;
  if (status !== 'error') return null;
  return (
    <div className="note note-bad">
      <p className="note-title">{error ?? message ?? 'It failed; the log may say why.'}</p>
      {looksPrivate(url) && <p>If the address was refused: {PRIVATE_HELP}.</p>}
    </div>
  );
}
