import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { Fault } from '@switchyard/contract';
import type { ToolAnswer } from '@switchyard/services';
import type { Processes, ProgramExit, SupervisedProcess } from '../../processes/index.js';
import { ChildTransport } from './child.transport.js';
import type { IndexRequests } from './index.requests.js';
import { levelOfLine, levelOfMcp } from './log.level.js';
import { LogRateLimiter, type Log } from './log.rate.limiter.js';
import type { McpSettings } from './mcp.settings.js';

/** One process of an MCP server, and the MCP connection to it. */
export class McpSession {
  private readonly child: SupervisedProcess;
  private readonly client = new Client({ name: 'switchyard', version: '0.1.0' });

  constructor(
    processes: Processes,
    requests: IndexRequests,
    private readonly settings: McpSettings,
    log: Log,
  ) {
    const limiter = new LogRateLimiter(log, settings.linesPerSecond);
    const { add } = limiter;
    this.child = processes.start(settings.call, { stderr: (line) => add(levelOfLine(line), line, 'stderr') });
    void this.child.exited.then(() => limiter.end());
    this.client.fallbackRequestHandler = async ({ method, params }) => ({ ...(await requests.answer(method, params)) });
    this.client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params: { level, logger, data } }) => {
      add(levelOfMcp(level), typeof data === 'string' ? data : JSON.stringify(data), logger ?? 'server');
    });
    this.client.onerror = ({ message }) => add('WARNING', message, 'supervisor');
  }

  /** Resolves once the process has ended. */
  get exited(): Promise<ProgramExit> {
    return this.child.exited;
  }

  /** Opens the MCP connection and lists the tools. @throws Error when the server does not answer */
  async open(): Promise<{ pid: number | undefined; tools: string[] }> {
    const timeout = this.settings.startTimeoutMs;
    await this.client.connect(new ChildTransport(this.child), { timeout });
    const { tools } = await this.client.listTools(undefined, { timeout });
    return { pid: await this.child.started, tools: tools.map(({ name }) => name) };
  }

  /** Calls a tool of the server. @throws Fault `tool.failed` */
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

  /** Asks the server to end, and kills it if it does not. */
  end(): Promise<ProgramExit> {
    return this.child.terminate();
  }
}
