import { isCreationOver, type CreationStatus } from '@switchyard/services';
import type { ProjectCreationService } from '@switchyard/services/project-creation/project-creation.client.js';
import { capitalize } from '../fault/shown.fault.js';
import { LogLines } from '../log/log.lines.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { ProgressBar } from '../room/progress.bar.js';
import { RunCard } from '../room/run.card.js';
import { chooseProject } from '../tasks/chosen.project.js';
import type { StatusWords } from '../words/status.words.js';

const STATUS_WORDS: StatusWords<CreationStatus> = {
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

/** Shows a creation live. */
export function CreationCard({ id, creations, dismiss }: CreationCardProps) {
  const room = useRoomView(
    creations,
    () => creations.room(id),
    (_, { payload }) => payload,
  );
  const { state: progress } = room.view;
  const project = progress?.project;
  const status = progress && {
    name: progress.status,
    word: STATUS_WORDS[progress.status],
    isOver: isCreationOver(progress.status),
  };
  const title = project?.title ?? progress?.step.replaceAll('_', ' ') ?? 'New project';
  const end: [string, () => Promise<unknown>] = ['Cancel', () => creations.cancel(id)];
  return (
    <RunCard id={id} title={title} status={status} room={room} end={end} dismiss={dismiss}>
      {progress && (
        <>
          <ProgressBar percentage={progress.percentage} />
          {project ? (
            <p className="note note-good">
              {capitalize(progress.message ?? '')}: see{' '}
              <a href="#tasks" onClick={() => chooseProject(project.id)}>
                its board
              </a>
              .
            </p>
          ) : (
            <p className={progress.error ? 'note note-bad' : 'current'}>{capitalize(progress.message ?? '')}</p>
          )}
          <LogLines lines={progress.logs} />
        </>
      )}
    </RunCard>
  );
}
