import { isCrawlOver } from '@switchyard/services';
import type { CrawlProgressService } from '@switchyard/services/crawl/crawl.client.js';
import { useId, useState } from 'react';
import { FaultNote } from '../fault/fault.note.js';
import { shown, type ShownFault } from '../fault/shown.fault.js';
import { RoomWire } from '../realtime/room.wire.js';
import { CrawlFacts } from './crawl.facts.js';
import { CrawlFault } from './crawl.fault.js';
import { useCrawl } from './crawl.hook.js';
import { CrawlLog } from './crawl.log.js';
import { CrawlOutcome } from './crawl.outcome.js';
import { CrawlStatusPill } from './crawl.status.pill.js';
import type { KeptCrawl } from './kept.crawls.js';

interface CrawlCardProps {
  crawl: KeptCrawl;
  crawls: CrawlProgressService;
  dismiss(): void;
}

/** One crawl, live. */
export function CrawlCard({ crawl, crawls, dismiss }: CrawlCardProps) {
  const { view, again } = useCrawl(crawls, crawl.id);
  const [stopFault, setStopFault] = useState<ShownFault>();
  const titleId = useId();
  const { progress, fault } = view;
  const isOver = fault !== undefined || (progress !== undefined && isCrawlOver(progress.status));

  const canStop = progress !== undefined && progress.status !== 'stopping';
  const stop = () => {
    if (!canStop) return;
    setStopFault(undefined);
    crawls.stop(crawl.id).catch((thrown: unknown) => setStopFault(shown(thrown)));
  };

  return (
    <article className="card crawl" aria-labelledby={titleId} data-crawl={crawl.id} data-status={progress?.status}>
      <header>
        <h3 id={titleId} title={crawl.url}>
          {crawl.url.replace(/^https?:\/\//, '')}
        </h3>
        {progress && !fault && <CrawlStatusPill status={progress.status} />}
        {isOver ? (
          <button type="button" onClick={dismiss}>
            Dismiss<span className="visually-hidden"> {crawl.url}</span>
          </button>
        ) : (
          <button type="button" onClick={stop} aria-disabled={!canStop}>
            Stop<span className="visually-hidden"> {crawl.url}</span>
          </button>
        )}
      </header>
      {!progress && !fault && <p className="empty">Asking where this crawl is…</p>}
      {progress && !fault && (
        <>
          <div className="bar">
            <progress max={100} value={progress.percentage} aria-labelledby={titleId} />
            <span className="percent">{Math.floor(progress.percentage)} %</span>
          </div>
          {!isOver && <p className="current">{progress.current_url ?? progress.message}</p>}
          <CrawlOutcome progress={progress} url={crawl.url} />
          <CrawlFacts progress={progress} />
          <CrawlLog lines={progress.logs} />
        </>
      )}
      {fault && <CrawlFault fault={fault} again={again} />}
      {stopFault && <FaultNote fault={stopFault} />}
      <RoomWire feed={view.feed} />
    </article>
  );
}
