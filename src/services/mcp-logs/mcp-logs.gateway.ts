import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { BaseRoomService, Call, ServiceGateway, type RoomView } from '@switchyard/server';
import {
  DEFAULT_SERVER,
  isShown,
  mcpLogs,
  mcpLogsLegacy,
  type LogHistory,
  type LogLevel,
  type ServerStatus,
} from '@switchyard/services';
import { CallTool, ClearLogs, JoinLogs, StartServer, StopServer } from '@switchyard/services/mcp-logs/mcp-logs.dto';
import { Processes } from '../../processes/index.js';
import { IndexRequests } from './index.requests.js';
import { LogRedaction } from './log.redaction.js';
import { McpServer } from './mcp.server.js';
import { McpSession } from './mcp.session.js';
import { McpSettings } from './mcp.settings.js';
import { ServerRecords } from './server.records.js';

/** MCP servers as seen from outside: started and stopped by calls, their logs followed in one room each. */
@ServiceGateway(mcpLogs, { legacy: [mcpLogsLegacy], join: JoinLogs })
export class McpLogsGateway extends BaseRoomService<typeof mcpLogs> implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly servers = new Map<string, McpServer>();
  private readonly redaction: LogRedaction;

  constructor(
    private readonly settings: McpSettings,
    private readonly records: ServerRecords,
    private readonly processes: Processes,
    private readonly requests: IndexRequests,
  ) {
    super();
    this.redaction = new LogRedaction(settings.secrets);
    this.servers.set(DEFAULT_SERVER, this.server(DEFAULT_SERVER));
  }

  /** Says of servers that died with an earlier process that they are gone; none is started. */
  async onApplicationBootstrap(): Promise<void> {
    for (const server_id of this.servers.keys()) {
      const { status } = await this.records.open(server_id);
      if (status === 'stopped') continue;
      this.log(server_id, 'WARNING', 'interrupted: the application was stopped while the server ran', 'supervisor');
      this.tell({ server_id, status: 'stopped' });
    }
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([...this.servers.values()].map((server) => server.stop()));
  }

  override async snapshot(serverId: string, { options }: RoomView<JoinLogs>): Promise<LogHistory | undefined> {
    if (!this.servers.has(serverId)) return undefined;
    const { entries, server_status } = await this.records.history(serverId);
    return { entries: entries.filter((entry) => isShown(entry, options)), server_status };
  }

  @Call('start_server')
  start({ server_id }: StartServer) {
    return this.find(server_id).start();
  }

  @Call('stop_server')
  stop({ server_id }: StopServer) {
    return this.find(server_id).stop();
  }

  @Call('clear_logs')
  async clearLogs({ server_id = DEFAULT_SERVER }: ClearLogs) {
    this.find(server_id);
    await this.clear(server_id, 'logs_cleared', { server_id }, this.records.clear(server_id));
    return { server_id };
  }

  @Call('call_tool')
  callTool({ server_id, tool, arguments: args = {} }: CallTool) {
    return this.find(server_id).callTool(tool, args);
  }

  private find(server_id = DEFAULT_SERVER): McpServer {
    return this.known(this.servers.get(server_id));
  }

  private server(server_id: string): McpServer {
    return new McpServer(server_id, this.settings, {
      launch: (log) => new McpSession(this.processes, this.requests, this.settings, log),
      log: (level, message, source) => this.log(server_id, level, message, source),
      status: (status) => this.tell(status),
    });
  }

  private log(server_id: string, level: LogLevel, text: string, source: string): void {
    const message = this.redaction.redact(text);
    const entry = { timestamp: new Date().toISOString(), level, message, source };
    void this.publish(server_id, 'log_entry', entry, this.records.putEntry(server_id, entry));
  }

  private tell(status: ServerStatus): void {
    void this.publish(status.server_id, 'server_status', status, [this.records.putStatus(status)]);
  }
}
