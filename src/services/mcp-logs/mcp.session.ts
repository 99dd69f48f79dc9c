import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { Fault } from '@switchyard/contract';
import type { ToolAnswer } from '@switchyard/services';
import type { Processes, ProgramExit, SupervisedProcess } from '../../processes/index.js';
import { ChildTransport } from './child.transport.js';
import type { IndexRequests } from './index.requests.js';
import { levelOfLine, levelOfMcp } from './log.level.js';
import { LogPace, type Log } from './log.pace.js';
import type { McpSettings } from './mcp.settings.js';

/** One life of an MCP server: its process, and the MCP connection to it. */
export class McpSession {
  private readonly child: SupervisedProcess;
  private readonly client = new Client({ name: 'switchyard', version: '0.1.0' });

  constructor(
    processes: Processes,
    requests: IndexRequests,
    private readonly settings: McpSettings,
    log: Log,
  ) {
    const pace = new LogPace(log, settings.linesPerSecond);
    const { take } = pace;
    this.child = processes.start(settings.call, { stderr: (line) => take(levelOfLine(line), line, 'stderr') });
    void this.child.exited.then(() => pace.end());
    this.client.fallbackRequestHandler = async ({ method, params }) => ({ ...(await requests.answer(method, params)) });
    this.client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params: { level, logger, data } }) => {
      take(levelOfMcp(level), typeof data === 'string' ? data : JSON.stringify(data), logger ?? 'server');
    });
    this.client.onerror = ({ message }) => take('WARNING', message, 'supervisor');
  }

  /** Resolves once the process is gone. */
  get exited(): Promise<ProgramExit> {
    return this.child.exited;
  }

  /** Greets the server. @throws Error when it does not answer */
  async open(): Promise<{ pid: number | undefined; tools: string[] }> {
    const timeout = this.settings.startTimeoutMs;
    await this.client.connect(new ChildTransport(this.child), { timeout });
    const { tools } = await this.client.listTools(undefined, { timeout });
    return { pid: await this.child.started, tools: tools.map(({ name }) => name) };
  }

  /** @throws Fault `tool.failed` */
  async callTool(name: string, args: Record<string, unknown>): Promise<ToolAnswer> {
    try {
      const answer = await this.client.callTool({ name, arguments: args }, undefined, {
        timeout: this.settings.toolTimeoutMs,
      });
      return { content: answer.content as ToolAnswer['content'], is_error: answer.isError === true };
    } catch (cause) {
      throw new Fault('tool.failed', { tool: name }, { cause });
    }
  }

  /** Asks the server to end, and sees to it that it does. */
  end(): Promise<ProgramExit> {
    return this.child.terminate();
  }
}
