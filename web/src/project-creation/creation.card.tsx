import { isCreationOver, type CreationStatus } from '@switchyard/services';
import type { ProjectCreationService } from '@switchyard/services/project-creation/project-creation.client.js';
import { CrawlLog } from '../crawl/crawl.log.js';
import { FaultNote } from '../fault/fault.note.js';
import { sentence } from '../fault/shown.fault.js';
import { usePending } from '../form/pending.hook.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { RoomWire } from '../realtime/room.wire.js';
import { chooseProject } from '../tasks/chosen.project.js';

const STATUS_WORDS: Record<CreationStatus, [label: string, tone: 'calm' | 'busy' | 'good' | 'warn' | 'bad']> = {
  pending: ['Waiting', 'calm'],
  running: ['Running', 'busy'],
  completed: ['Completed', 'good'],
  failed: ['Failed', 'bad'],
  cancelled: ['Cancelled', 'warn'],
};

interface CreationCardProps {
  id: string;
  creations: ProjectCreationService;
  dismiss(): void;
}

/** One creation, live. */
export function CreationCard({ id, creations, dismiss }: CreationCardProps) {
  const { view, again } = useRoomView(
    creations,
    () => creations.room(id),
    (_, { payload }) => payload,
  );
  const [isCancelling, fault, run] = usePending();
  const { state: progress } = view;
  const project = progress?.project;
  const isOver = view.fault !== undefined || (progress !== undefined && isCreationOver(progress.status));
  const [label, tone] = STATUS_WORDS[progress?.status ?? 'pending'];

  return (
    <article className="card crawl" aria-label="Creation" data-creation={id} data-status={progress?.status}>
      <header>
        <h3>{project?.title ?? progress?.step.replaceAll('_', ' ') ?? 'Asking where this creation is…'}</h3>
        {progress && (
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
          <button type="button" onClick={() => run(() => creations.cancel(id))} aria-disabled={isCancelling}>
            Cancel
          </button>
        )}
      </header>
      {progress && (
        <>
          <div className="bar">
            <progress max={100} value={progress.percentage} aria-label="Progress" />
            <span className="percent">{progress.percentage} %</span>
          </div>
          <p className={progress.error ? 'note note-bad' : 'current'}>{sentence(progress.message ?? '')}</p>
          {project && (
            <p>
              <a href="#tasks" onClick={() => chooseProject(project.id)}>
                Its board
              </a>{' '}
              is among the tasks.
            </p>
          )}
          <CrawlLog lines={progress.logs} />
        </>
      )}
      {fault && <FaultNote fault={fault} />}
      {view.fault && (
        <FaultNote fault={view.fault}>
          <button type="button" onClick={again}>
            Try again
          </button>
        </FaultNote>
      )}
      <RoomWire feed={view.feed} />
    </article>
  );
}
