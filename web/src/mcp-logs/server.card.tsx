import { DEFAULT_SERVER, foldLogs, type LogLevel, type ServerState } from '@switchyard/services';
import type { McpLogsService } from '@switchyard/services/mcp-logs/mcp-logs.client.js';
import { usePending } from '../form/pending.hook.js';
import { LogLines } from '../log/log.lines.js';
import { useRoomView } from '../realtime/room.view.hook.js';
import { RoomNotes } from '../room/room.notes.js';
import { StatusBadge } from '../room/status.badge.js';
import type { StatusWords } from '../words/status.words.js';
import { LEVELS, LevelChooser, type ShownLevels } from './level.chooser.js';
import { ToolForm } from './tool.form.js';

const STATE_WORDS: StatusWords<ServerState> = {
  stopped: ['Stopped', 'calm'],
  starting: ['Starting', 'busy'],
  running: ['Running', 'good'],
  stopping: ['Stopping', 'warn'],
  crashed: ['Crashed', 'bad'],
};

const NOTHING = 'Nothing in the log. Start the server: its tools then search what was crawled or uploaded.';

const SHOWN_AS: Record<LogLevel, 'info' | 'warning' | 'error'> = {
  DEBUG: 'info',
  INFO: 'info',
  WARNING: 'warning',
  ERROR: 'error',
  CRITICAL: 'error',
};

interface ServerCardProps {
  servers: McpLogsService;
  /** The shown levels; a change mounts a new card. */
  shown: ShownLevels;
  show(levels: ShownLevels): void;
}

/** Shows the MCP server's state, log and actions. */
export function ServerCard({ servers, shown, show }: ServerCardProps) {
  const room = useRoomView(servers, () => servers.room(DEFAULT_SERVER, LEVELS[shown].options), foldLogs);
  const [isBusy, fault, run] = usePending();
  const { state } = room.view;
  const status = state?.server_status;
  const isUp = status !== undefined && ['starting', 'running'].includes(status.status);
  const lines = (state?.entries ?? []).map(({ timestamp, level, message, source }) => {
    return { at: timestamp, level: SHOWN_AS[level], message: `${source}: ${message}` };
  });
  return (
    <article className="card crawl" aria-label="MCP server" data-status={status?.status}>
      <header>
        <h3>Search over the index</h3>
        {status && (
          <StatusBadge word={STATE_WORDS[status.status]}>
            {status.pid !== undefined && `, process ${status.pid}`}
            {status.exit_code !== undefined && `, exit code ${status.exit_code}`}
          </StatusBadge>
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
      <LevelChooser shown={shown} show={show} />
      {state && lines.length === 0 && <p className="empty">{isUp ? 'No such lines.' : NOTHING}</p>}
      <LogLines lines={lines} />
      {status?.status === 'running' && <ToolForm search={(query) => servers.callTool('search', { query })} />}
      <RoomNotes room={room} fault={fault} />
    </article>
  );
}
