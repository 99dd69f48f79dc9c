import { foldExecution, isTestOver, type TestCompleted, type TestStatus } from '@switchyard/services';
import type { TestRunService } from '@switchyard/services/tests/tests.client.js';
import { capitalize } from '../fault/shown.fault.js';
import { LogLines } from '../log/log.lines.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { RunCard } from '../room/run.card.js';
import type { StatusWords } from '../words/status.words.js';

const STATUS_WORDS: StatusWords<TestStatus> = {
  pending: ['Waiting', 'calm'],
  running: ['Running', 'busy'],
  completed: ['Passed', 'good'],
  failed: ['Failed', 'bad'],
  cancelled: ['Cancelled', 'warn'],
};

/** The colours of a run's results. */
const NOTES: Partial<Record<TestStatus, string>> = { completed: 'note-good', failed: 'note-bad' };

interface TestRunCardProps {
  id: string;
  runs: TestRunService;
  dismiss(): void;
}

/** Shows a test run live, line by line. */
export function TestRunCard({ id, runs, dismiss }: TestRunCardProps) {
  const room = useRoomView(runs, () => runs.room(id), foldExecution);
  const { state } = room.view;
  const status = state && { name: state.status, word: STATUS_WORDS[state.status], isOver: isTestOver(state.status) };
  const title = state ? [state.suite, state.filter].filter(Boolean).join(': ') : 'Test run';
  const lines = (state?.lines ?? []).map(({ line, stream, timestamp }) => {
    return { at: timestamp, level: stream === 'stderr' ? ('warning' as const) : ('info' as const), message: line };
  });
  return (
    <RunCard
      id={id}
      title={title}
      status={status}
      room={room}
      end={['Cancel', () => runs.cancel(id)]}
      dismiss={dismiss}
    >
      {state?.result && <p className={`note ${NOTES[state.status] ?? ''}`}>{outcome(state.result)}</p>}
      <LogLines lines={lines} />
    </RunCard>
  );
}

function outcome({ summary, exit_code, error }: TestCompleted): string {
  if (error !== undefined) return capitalize(error);
  const { passed, failed, skipped, duration_s } = summary;
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped in ${duration_s} s`;
  return exit_code === null ? counts : `${counts}; exit code ${exit_code}`;
}
