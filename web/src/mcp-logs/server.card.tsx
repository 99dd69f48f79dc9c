import { DEFAULT_SERVER, foldLogs, type LogLevel, type ServerState } from '@switchyard/services';
import type { McpLogsService } from '@switchyard/services/mcp-logs/mcp-logs.client.js';
import { CrawlLog } from '../crawl/crawl.log.js';
import { FaultNote } from '../fault/fault.note.js';
import { usePending } from '../form/pending.hook.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { RoomWire } from '../realtime/room.wire.js';
import { ToolForm } from './tool.form.js';

const STATE_WORDS: Record<ServerState, [label: string, tone: 'calm' | 'busy' | 'good' | 'warn' | 'bad']> = {
  stopped: ['Stopped', 'calm'],
  starting: ['Starting', 'busy'],
  running: ['Running', 'good'],
  stopping: ['Stopping', 'warn'],
  crashed: ['Crashed', 'bad'],
};

const SHOWN_AS: Record<LogLevel, 'info' | 'warning' | 'error'> = {
  DEBUG: 'info',
  INFO: 'info',
  WARNING: 'warning',
  ERROR: 'error',
  CRITICAL: 'error',
};

/** The MCP server: where it is, its log, and what can be done with it. */
export function ServerCard({ servers }: { servers: McpLogsService }) {
  const { view, again } = useRoomView(servers, () => servers.room(DEFAULT_SERVER), foldLogs);
  const [isBusy, fault, run] = usePending();
  const { state } = view;
  const status = state?.server_status;
  const [label, tone] = STATE_WORDS[status?.status ?? 'stopped'];
  const isUp = status !== undefined && ['starting', 'running'].includes(status.status);
  const lines = (state?.entries ?? []).map(({ timestamp, level, message, source }) => {
    return { at: timestamp, level: SHOWN_AS[level], message: `${source}: ${message}` };
  });
  return (
    <article className="card crawl" aria-label="MCP server" data-status={status?.status}>
      <header>
        <h3>{status?.pid === undefined ? 'Search over the index' : `Search over the index, process ${status.pid}`}</h3>
        {status && (
          <span className={`badge tone-${tone}`} role="status">
            <span className="dot" aria-hidden="true" />
            {label}
            {status.exit_code !== undefined && `, exit code ${status.exit_code}`}
          </span>
        )}
        <button
          type="button"
          onClick={() => run(() => (isUp ? servers.stop() : servers.start()))}
          aria-disabled={isBusy}
        >
          {isUp ? 'Stop' : 'Start'}
        </button>
        <button type="button" onClick={() => run(() => servers.clear())} aria-disabled={isBusy}>
          Clear
        </button>
      </header>
      {lines.length === 0 && <p className="current">Nothing in the log yet.</p>}
      <CrawlLog lines={lines} />
      {status?.status === 'running' && <ToolForm search={(query) => servers.callTool('search', { query })} />}
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
