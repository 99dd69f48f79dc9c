import { foldQuery } from '@switchyard/services';
import type { QueryStatusService } from '@switchyard/services/query/query.client.js';
import { CrawlLog } from '../crawl/crawl.log.js';
import { FaultNote } from '../fault/fault.note.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { RoomWire } from '../realtime/room.wire.js';
import { QueryForm } from './query.form.js';
import { QueryOutcome } from './query.outcome.js';
import { lineOf, STATUS_WORDS } from './query.words.js';

interface QueryCardProps {
  room: string;
  queries: QueryStatusService;
  leave(): void;
}

/** A query room: what is asked there, each step, and the answer. */
export function QueryCard({ room, queries, leave }: QueryCardProps) {
  const { view, again } = useRoomView(queries, () => queries.room(room), foldQuery);
  const { state, fault, feed } = view;
  const [label, tone] = STATUS_WORDS[state?.status ?? 'idle'];
  return (
    <>
      <QueryForm isRunning={state?.status === 'running'} ask={(text) => queries.run(room, text)} />
      <article className="card crawl" aria-label="Answer" data-query={room} data-status={state?.status}>
        <header>
          <h2>Answer</h2>
          {state && (
            <span className={`badge tone-${tone}`} role="status">
              <span className="dot" aria-hidden="true" />
              {label}
            </span>
          )}
          <button type="button" onClick={leave}>
            Start over
          </button>
        </header>
        {!state && !fault && <p className="empty">Asking what was asked here…</p>}
        {state?.status === 'idle' && (
          <p className="empty">
            Nothing yet. The answer is taken from what was <a href="#crawl">crawled</a> or{' '}
            <a href="#knowledge">uploaded</a>.
          </p>
        )}
        {state && <CrawlLog lines={state.steps.map(lineOf)} />}
        {state && <QueryOutcome state={state} />}
        {fault && (
          <FaultNote fault={fault}>
            <button type="button" onClick={again}>
              Try again
            </button>
          </FaultNote>
        )}
        <RoomWire feed={feed} />
      </article>
    </>
  );
}
