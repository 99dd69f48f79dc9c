import { foldResearch, isResearchOver } from '@switchyard/services';
import type { ResearchService } from '@switchyard/services/research/research.client.js';
import { CrawlLog } from '../crawl/crawl.log.js';
import { FaultNote } from '../fault/fault.note.js';
import { usePending } from '../form/pending.hook.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { RoomWire } from '../realtime/room.wire.js';
import { ResearchProgressView } from './research.progress.js';
import { lineOf, STATUS_WORDS } from './research.words.js';

interface ResearchCardProps {
  id: string;
  researches: ResearchService;
  dismiss(): void;
}

/** One research, live. */
export function ResearchCard({ id, researches, dismiss }: ResearchCardProps) {
  const { view, again } = useRoomView(researches, () => researches.room(id), foldResearch);
  const [isStopping, stopFault, run] = usePending();
  const { state, fault, feed } = view;
  const isOver = fault !== undefined || (state !== undefined && isResearchOver(state.status));
  const [label, tone] = STATUS_WORDS[state?.status ?? 'pending'];
  return (
    <article className="card crawl" aria-label="Research" data-research={id} data-status={state?.status}>
      <header>
        <h3 title={state?.query}>{state?.query ?? 'Asking where this research is…'}</h3>
        {state && (
          <span className={`badge tone-${tone}`} role="status">
            <span className="dot" aria-hidden="true" />
            {label}
          </span>
        )}
        {isOver ? (
          <button type="button" onClick={dismiss}>
            Dismiss
          </button>
        ) : (
          <button type="button" onClick={() => run(() => researches.stop(id))} aria-disabled={isStopping}>
            Stop
          </button>
        )}
      </header>
      {state && <ResearchProgressView state={state} />}
      {state && <CrawlLog lines={state.log.map(lineOf)} />}
      {stopFault && <FaultNote fault={stopFault} />}
      {fault && (
        <FaultNote fault={fault}>
          <button type="button" onClick={again}>
            Try again
          </button>
        </FaultNote>
      )}
      <RoomWire feed={feed} />
    </article>
  );
}
