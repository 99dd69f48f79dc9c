import { defineService } from '@switchyard/contract';
import type { CallTool, ClearLogs, JoinLogs, StartServer, StopServer } from './mcp-logs.dto.js';
import './mcp-logs.faults.js';
import type { LogEntry, LogHistory, ServerStatus, ToolAnswer } from './server.log.js';

/** The payload types of the mcp-logs service. */
export interface McpLogsTypes {
  room: { server_id: string };
  calls: {
    start_server: { payload: StartServer; reply: ServerStatus };
    stop_server: { payload: StopServer; reply: ServerStatus };
    clear_logs: { payload: ClearLogs; reply: { server_id: string } };
    call_tool: { payload: CallTool; reply: ToolAnswer };
  };
  events: { log_entry: LogEntry; logs_cleared: { server_id: string }; server_status: ServerStatus };
  snapshot: LogHistory;
  join: JoinLogs;
}

/** The default server id. */
export const DEFAULT_SERVER = 'default';

/** The contract of the mcp-logs service. */
export const mcpLogs = defineService<McpLogsTypes>()({
  name: 'mcp-logs',
  kind: 'log',
  room: { prefix: 'logs', key: 'server_id', default: DEFAULT_SERVER },
  join: 'join_logs',
  leave: 'leave_logs',
  snapshot: 'log_history',
  calls: {
    start_server: { repeatable: true },
    stop_server: { repeatable: true },
    clear_logs: {},
    call_tool: { repeatable: true },
  },
  events: { log_entry: {}, logs_cleared: {}, server_status: {} },
});
