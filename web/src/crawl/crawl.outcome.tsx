import type { CrawlProgress } from '@switchyard/services';
import { capitalize } from '../fault/shown.fault.js';
import { PrivateHelp } from './private.help.js';
import { looksPrivate } from './private.host.js';

/** Shows the result of a crawl; nothing while it runs. */
export function CrawlOutcome({ progress, url }: { progress: CrawlProgress; url: string }) {
  const { status, message, error } = progress;
  if (status === 'completed') return <p className="note note-good">{message ?? 'Completed.'}</p>;
  if (status === 'cancelled') return <p className="note">{message ?? 'Stopped.'}</p>;
  if (status !== 'error') return null;
  return (
    <div className="note note-bad">
      <p className="note-title">{capitalize(error ?? message ?? 'it failed; the log may say why')}</p>
      {looksPrivate(url) && (
        <p>
          If the address was refused: <PrivateHelp />
        </p>
      )}
    </div>
  );
}
