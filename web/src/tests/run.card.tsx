import { foldExecution, isTestOver, type TestCompleted, type TestStatus } from '@switchyard/services';
import type { TestRunService } from '@switchyard/services/tests/tests.client.js';
import { CrawlLog } from '../crawl/crawl.log.js';
import { FaultNote } from '../fault/fault.note.js';
import { sentence } from '../fault/shown.fault.js';
import { usePending } from '../form/pending.hook.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { RoomWire } from '../realtime/room.wire.js';

const STATUS_WORDS: Record<TestStatus, [label: string, tone: 'calm' | 'busy' | 'good' | 'warn' | 'bad']> = {
  pending: ['Waiting', 'calm'],
  running: ['Running', 'busy'],
  completed: ['Passed', 'good'],
  failed: ['Failed', 'bad'],
  cancelled: ['Cancelled', 'warn'],
};

interface RunCardProps {
  id: string;
  runs: TestRunService;
  dismiss(): void;
}

/** One test run, line by line. */
export function RunCard({ id, runs, dismiss }: RunCardProps) {
  const { view, again } = useRoomView(runs, () => runs.room(id), foldExecution);
  const [isCancelling, fault, run] = usePending();
  const { state } = view;
  const isOver = view.fault !== undefined || (state !== undefined && isTestOver(state.status));
  const [label, tone] = STATUS_WORDS[state?.status ?? 'pending'];
  const lines = (state?.lines ?? []).map(({ line, stream, timestamp }) => {
    return { at: timestamp, level: stream === 'stderr' ? ('warning' as const) : ('info' as const), message: line };
  });
  return (
    <article className="card crawl" aria-label="Test run" data-execution={id} data-status={state?.status}>
      <header>
        <h3>{state ? `${state.suite}${state.filter ? `: ${state.filter}` : ''}` : 'Asking where this run is…'}</h3>
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
          <button type="button" onClick={() => run(() => runs.cancel(id))} aria-disabled={isCancelling}>
            Cancel
          </button>
        )}
      </header>
      {state?.result && <p className="current">{outcome(state.result)}</p>}
      <CrawlLog lines={lines} />
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

function outcome({ summary, exit_code, error }: TestCompleted): string {
  if (error !== undefined) return sentence(error);
  const { passed, failed, skipped, duration_s } = summary;
  const counts = `${passed} passed, ${failed} failed, ${skipped} skipped in ${duration_s} s`;
  return exit_code === null ? counts : `${counts}; exit code ${exit_code}`;
}
