import { foldQuery } from '@switchyard/services';
import type { QueryStatusService } from '@switchyard/services/query/query.client.js';
import { LogLines } from '../log/log.lines.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { RoomNotes } from '../room/room.notes.js';
import { StatusBadge } from '../room/status.badge.js';
import { QueryForm } from './query.form.js';
import { QueryOutcome } from './query.outcome.js';
import { lineOf, STATUS_WORDS } from './query.words.js';

interface QueryCardProps {
  room: string;
  queries: QueryStatusService;
  leave(): void;
}

/** Shows a query room: the question, its steps and the answer. */
export function QueryCard({ room, queries, leave }: QueryCardProps) {
  const followed = useRoomView(queries, () => queries.room(room), foldQuery);
  const { state, fault } = followed.view;
  return (
    <>
      <QueryForm isRunning={state?.status === 'running'} ask={(text) => queries.run(room, text)} />
      <article className="card crawl" aria-label="Answer" data-query={room} data-status={state?.status}>
        <header>
          <h2>Answer</h2>
          {state && <StatusBadge word={STATUS_WORDS[state.status]} />}
          <button type="button" onClick={leave}>
            Start over
          </button>
        </header>
        {!state && !fault && <p className="empty">Loading the query…</p>}
        {state?.status === 'idle' && (
          <p className="empty">
            Nothing yet. The answer is taken from what was <a href="#crawl">crawled</a> or{' '}
            <a href="#knowledge">uploaded</a>.
          </p>
        )}
        {state && <LogLines lines={state.steps.map(lineOf)} />}
        {state && <QueryOutcome state={state} />}
        <RoomNotes room={followed} />
      </article>
    </>
  );
}
