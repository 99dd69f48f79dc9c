import type { ContractEvent } from '@switchyard/contract';
import { BaseRunService, Call, RunLeases, Runs, ServiceGateway, type RoomView, legacy } from '@switchyard/server';
import {
  DEFAULT_SERVER,
  isShown,
  mcpLogs,
  mcpLogsLegacy,
  type LogHistory,
  type LogLevel,
  type McpLogsTypes,
  type ServerStatus,
} from '@switchyard/services';
import { CallTool, ClearLogs, JoinLogs, StartServer, StopServer } from '@switchyard/services/mcp-logs/mcp-logs.dto';
import { Processes } from '../../processes/index.js';
import { cutText } from '../../text/text.cut.js';
import { IndexRequests } from './index.requests.js';
import { LogRedaction } from './log.redaction.js';
import { McpServer } from './mcp.server.js';
import { McpSession } from './mcp.session.js';
import { McpSettings } from './mcp.settings.js';
import { McpLogsStore } from './mcp-logs.store.js';

/** The maximal length of a stored line, in characters; a line that comes over MCP may be longer. */
const MAX_MESSAGE_LENGTH = 4000;

/**
 * The mcp-logs service: each room follows the log of one MCP server. A server is a run: one process runs it from its
 * start until it is stopped, and answers the calls about it.
 */
@ServiceGateway(mcpLogs, { wires: [legacy(mcpLogsLegacy)], join: JoinLogs })
export class McpLogsGateway extends BaseRunService<typeof mcpLogs, ServerStatus> {
  private readonly servers = new Map<string, McpServer>();
  private readonly redaction: LogRedaction;

  constructor(
    leases: RunLeases,
    private readonly settings: McpSettings,
    protected override readonly store: McpLogsStore,
    private readonly processes: Processes,
    private readonly requests: IndexRequests,
  ) {
    super(new Runs(leases, mcpLogs.name), store);
    this.redaction = new LogRedaction(settings.secrets);
    this.servers.set(DEFAULT_SERVER, this.server(DEFAULT_SERVER));
  }

  override async snapshot(serverId: string, { options }: RoomView<JoinLogs>): Promise<LogHistory | undefined> {
    if (!this.servers.has(serverId)) return undefined;
    const { entries, server_status } = await this.store.history(serverId);
    return { entries: entries.filter((entry) => isShown(entry, options)), server_status };
  }

  @Call('start_server', { at: 'run' })
  async start({ server_id = DEFAULT_SERVER }: StartServer): Promise<ServerStatus> {
    const server = this.find(server_id);
    await this.runs.begin(
      server_id,
      (signal) => server.live(signal),
      () => this.store.open(server_id),
    );
    // Another process may have started the server meanwhile.
    return this.runs.has(server_id) ? server.start() : this.store.status(server_id);
  }

  @Call('stop_server', { at: 'run' })
  async stop({ server_id = DEFAULT_SERVER }: StopServer): Promise<ServerStatus> {
    this.find(server_id);
    await this.runs.abort(server_id, 'stopped');
    return this.store.status(server_id);
  }

  @Call('clear_logs', { at: 'run' })
  async clearLogs({ server_id = DEFAULT_SERVER }: ClearLogs) {
    this.find(server_id);
    if (!this.runs.has(server_id)) await this.store.open(server_id);
    await this.clear(server_id, 'logs_cleared', { server_id }, this.store.clear(server_id));
    return { server_id };
  }

  @Call('call_tool', { at: 'run' })
  callTool({ server_id = DEFAULT_SERVER, tool, arguments: args = {} }: CallTool) {
    return this.find(server_id).callTool(tool, args);
  }

  protected override isLast({ event, payload }: ContractEvent<McpLogsTypes>): boolean {
    return event === 'server_status' && payload.status === 'stopped';
  }

  /** Logs that the server's process died; the server is not started again. */
  protected override async endOrphan({ server_id }: ServerStatus): Promise<void> {
    await this.store.open(server_id);
    await this.log(server_id, 'WARNING', 'interrupted: the application was stopped while the server ran', 'supervisor');
    await this.report({ server_id, status: 'stopped' });
  }

  private find(server_id: string): McpServer {
    return this.known(this.servers.get(server_id));
  }

  private server(server_id: string): McpServer {
    return new McpServer(server_id, this.settings, {
      launch: (log) => new McpSession(this.processes, this.requests, this.settings, log),
      // After the end of the run this process may write nothing.
      log: (...line) => void (this.runs.has(server_id) && this.log(server_id, ...line)),
      report: (status) => void this.report(status),
    });
  }

  private log(server_id: string, level: LogLevel, text: string, source: string): Promise<unknown> {
    // Redact before the final cut, which could cut a secret in two.
    const message = cutText(this.redaction.redact(cutText(text, 2 * MAX_MESSAGE_LENGTH), source), MAX_MESSAGE_LENGTH);
    const entry = { timestamp: new Date().toISOString(), level, message, source };
    return this.publishRunEvent(server_id, 'log_entry', entry, this.store.putEntry(server_id, entry));
  }

  private report(status: ServerStatus): Promise<unknown> {
    return this.publishRunEvent(status.server_id, 'server_status', status, [this.store.put(status)]);
  }
}
