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

  /** A server's log, of some levels or all, and where the server is, then after each line and change; fails with a `Fault`. */
  logs(server_id: string = DEFAULT_SERVER, options?: JoinLogs): Observable<LogHistory> {
    return this.room(server_id, options).fold(foldLogs);
  }

  /** Starts a server and returns where it is then; one that runs goes on. */
  start(server_id: string = DEFAULT_SERVER): Promise<ServerStatus> {
    return this.call('start_server', { server_id });
  }

  /** Stops a server and returns how it ended. */
  stop(server_id: string = DEFAULT_SERVER): Promise<ServerStatus> {
    return this.call('stop_server', { server_id });
  }

  /** Empties a server's log, for everybody. */
  async clear(server_id: string = DEFAULT_SERVER): Promise<void> {
    await this.call('clear_logs', { server_id });
  }

  /** Calls a tool of a running server. @throws RemoteFault `server.stopped`, `tool.failed` */
  callTool(tool: string, args: Record<string, unknown>, server_id: string = DEFAULT_SERVER): Promise<ToolAnswer> {
    return this.call('call_tool', { server_id, tool, arguments: args });
  }
}
