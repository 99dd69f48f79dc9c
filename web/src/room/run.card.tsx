import { useId, type ReactNode } from 'react';
import { usePending } from '../form/pending.hook.js';
import type { FollowedRoom } from '../realtime/room.view.hook.js';
import type { StatusWord } from '../words/status.words.js';
import { RoomNotes } from './room.notes.js';
import { StatusBadge } from './status.badge.js';

interface RunCardProps {
  id: string;
  /** What this run is called. */
  title: string;
  /** Where it is, with the word for it; nothing while nothing is known of it. */
  status?: { name: string; word: StatusWord; isOver: boolean } | undefined;
  room: FollowedRoom<unknown>;
  /** How it is ended before its time: what the button says, and what it does. */
  end: [label: string, work: () => Promise<unknown>];
  dismiss(): void;
  children: ReactNode;
}

/** One run of a service, live: what it is, where it is, and a way to end it, then to put it away. */
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
      {!status && !room.view.fault && <p className="empty">Asking where it is…</p>}
      {status && children}
      <RoomNotes room={room} fault={fault} />
    </article>
  );
}
