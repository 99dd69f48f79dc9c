import { ServiceClient, type Realtime } from '@switchyard/client';
import type { Observable } from 'rxjs';
import { DEFAULT_SERVER, mcpLogs, type McpLogsTypes } from './mcp-logs.contract.js';
import { foldLogs } from './mcp-logs.fold.js';
import { mcpLogsLegacy } from './mcp-logs.legacy.js';
import type { JoinLogs } from './mcp-logs.dto.js';
import { isShown, type LogHistory, type ServerStatus, type ToolAnswer } from './server.log.js';

/** Starts and stops MCP servers, follows their logs and calls their tools. */
export class McpLogsService extends ServiceClient<McpLogsTypes> {
  constructor(realtime: Realtime) {
    super(realtime, mcpLogs, {
      legacy: mcpLogsLegacy,
      fits: ({ event, payload }, options) => event !== 'log_entry' || isShown(payload, options),
    });
  }

  /** Observes a server's log and status, for some or all levels; fails with a `Fault`. */
  logs(server_id: string = DEFAULT_SERVER, options?: JoinLogs): Observable<LogHistory> {
    return this.room(server_id, options).fold(foldLogs);
  }

  /** Starts a server if it is not running and returns its status. */
  start(server_id: string = DEFAULT_SERVER): Promise<ServerStatus> {
    return this.call('start_server', { server_id });
  }

  /** Stops a server and returns its status. */
  stop(server_id: string = DEFAULT_SERVER): Promise<ServerStatus> {
    return this.call('stop_server', { server_id });
  }

  /** Clears a server's log for all users. */
  async clear(server_id: string = DEFAULT_SERVER): Promise<void> {
    await this.call('clear_logs', { server_id });
  }

  /** Calls a tool of a running server. @throws RemoteFault `server.stopped`, `tool.failed` */
  callTool(tool: string, args: Record<string, unknown>, server_id: string = DEFAULT_SERVER): Promise<ToolAnswer> {
    return this.call('call_tool', { server_id, tool, arguments: args });
  }
}
