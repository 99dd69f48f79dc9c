import { isCrawlOver } from '@switchyard/services';
import type { CrawlProgressService } from '@switchyard/services/crawl/crawl.client.js';
import { LogLines } from '../log/log.lines.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { ProgressBar } from '../room/progress.bar.js';
import { RunCard } from '../room/run.card.js';
import { CrawlFacts } from './crawl.facts.js';
import { CrawlOutcome } from './crawl.outcome.js';
import { STATUS_WORDS } from './crawl.words.js';
import type { RecentCrawl } from './recent.crawls.js';

interface CrawlCardProps {
  crawl: RecentCrawl;
  crawls: CrawlProgressService;
  dismiss(): void;
}

/** Shows a crawl live. */
export function CrawlCard({ crawl: { id, url }, crawls, dismiss }: CrawlCardProps) {
  const room = useRoomView(
    crawls,
    () => crawls.room(id),
    (_, { payload }) => payload,
  );
  const { state: progress } = room.view;
  const isOver = progress !== undefined && isCrawlOver(progress.status);
  const status = progress && { name: progress.status, word: STATUS_WORDS[progress.status], isOver };
  const title = url.replace(/^https?:\/\//, '');
  return (
    <RunCard id={id} title={title} status={status} room={room} end={['Stop', () => crawls.stop(id)]} dismiss={dismiss}>
      {progress && !room.view.fault && (
        <>
          <ProgressBar percentage={progress.percentage} />
          {!isOver && <p className="current">{progress.current_url ?? progress.message}</p>}
          <CrawlOutcome progress={progress} url={url} />
          <CrawlFacts progress={progress} />
          <LogLines lines={progress.logs} />
        </>
      )}
    </RunCard>
  );
}
