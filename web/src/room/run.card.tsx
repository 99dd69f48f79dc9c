import { useId, type ReactNode } from 'react';
import { usePending } from '../form/pending.hook.js';
import type { FollowedRoom } from '../realtime/room.view.hook.js';
import type { StatusWord } from '../words/status.words.js';
import { RoomNotes } from './room.notes.js';
import { StatusBadge } from './status.badge.js';

interface RunCardProps {
  id: string;
  /** The run's title. */
  title: string;
  /** The status label; undefined before the first snapshot. */
  status?: { name: string; word: StatusWord; isOver: boolean } | undefined;
  room: FollowedRoom<unknown>;
  /** The button to end the run early, and its action. */
  end: [label: string, work: () => Promise<unknown>];
  dismiss(): void;
  children: ReactNode;
}

/** Shows a run live, with a button to end it and then to close the card. */
export function RunCard({ id, title, status, room, end, dismiss, children }: RunCardProps) {
  const [isEnding, fault, run] = usePending();
  const titleId = useId();
  const [endLabel, work] = end;
  const isOver = status?.isOver || room.view.fault !== undefined;
  return (
    <article className="card crawl" aria-labelledby={titleId} data-run={id} data-status={status?.name}>
      <header>
        <h3 id={titleId} title={title}>
          {title}
        </h3>
        {status && !room.view.fault && <StatusBadge word={status.word} />}
        <button
          type="button"
          onClick={isOver ? dismiss : () => run(work)}
          aria-disabled={!isOver && (isEnding || !status)}
        >
          {isOver ? 'Dismiss' : endLabel}
          <span className="visually-hidden"> {title}</span>
        </button>
      </header>
      {!status && !room.view.fault && <p className="empty">Loading…</p>}
      {status && children}
      <RoomNotes room={room} fault={fault} />
    </article>
  );
}
