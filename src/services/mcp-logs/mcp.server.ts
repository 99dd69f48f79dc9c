import { Fault } from '@switchyard/contract';
import type { ServerState, ServerStatus, ToolAnswer } from '@switchyard/services';
import type { ProgramExit } from '../../processes/index.js';
import type { Log } from './log.pace.js';
import type { McpSession } from './mcp.session.js';
import type { McpSettings } from './mcp.settings.js';

/** What a server needs of the world around it. */
export interface McpServerHost {
  launch(log: Log): McpSession;
  log: Log;
  status(status: ServerStatus): void;
}

const SUPERVISOR = 'supervisor';

/** An MCP server that is started, stopped, and started again when it crashes. */
export class McpServer {
  private session: McpSession | undefined;
  /** Settles once the server that is being started is there or has crashed. */
  private opening: Promise<void> = Promise.resolve();
  private crashes = 0;
  private restart: NodeJS.Timeout | undefined;
  private current: ServerStatus;
  private over: (() => void) | undefined;

  constructor(
    server_id: string,
    private readonly settings: McpSettings,
    private readonly host: McpServerHost,
  ) {
    this.current = { server_id, status: 'stopped' };
  }

  /** Settles once the server, which is to be started now, is stopped; aborting the signal stops it. */
  live(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => void this.stop().then(() => this.over?.()), { once: true });
    return new Promise((resolve) => (this.over = resolve));
  }

  /** Starts the server if it does not run; resolves to where it is then. */
  async start(): Promise<ServerStatus> {
    if (this.current.status === 'stopping') await this.session?.exited;
    if (!this.session) {
      this.crashes = 0;
      this.launch();
    }
    await this.opening;
    return this.current;
  }

  /** Stops the server, also one that waits to be started again; resolves to how it ended. */
  async stop(): Promise<ServerStatus> {
    clearTimeout(this.restart);
    const { session } = this;
    if (session) {
      if (this.current.status !== 'stopping') this.become('stopping', this.pid());
      await session.end();
      await this.opening;
    } else if (this.current.status === 'crashed') {
      this.become('stopped', this.exitCode());
    }
    return this.current;
  }

  /** @throws Fault `server.stopped`, `tool.failed` */
  callTool(name: string, args: Record<string, unknown>): Promise<ToolAnswer> {
    if (!this.session || this.current.status !== 'running') throw new Fault('server.stopped');
    return this.session.callTool(name, args);
  }

  private launch(): void {
    clearTimeout(this.restart);
    this.become('starting');
    this.host.log('INFO', 'Starting the server', SUPERVISOR);
    const began = performance.now();
    const session = (this.session = this.host.launch(this.host.log));
    const ended = session.exited.then((exit) => this.ended(exit, performance.now() - began));
    this.opening = this.open(session, ended);
  }

  private async open(session: McpSession, ended: Promise<void>): Promise<void> {
    try {
      const { pid, tools } = await session.open();
      if (this.session !== session || this.current.status !== 'starting') return;
      this.become('running', { pid });
      this.host.log('INFO', `The server runs as process ${pid} and offers ${tools.join(', ')}`, SUPERVISOR);
    } catch (error) {
      if (this.session === session && this.current.status === 'starting') {
        this.host.log('ERROR', `The server does not answer; ${(error as Error).message}`, SUPERVISOR);
      }
      await session.end();
      await ended;
    }
  }

  private ended({ code, error }: ProgramExit, ran_ms: number): void {
    this.session = undefined;
    if (this.current.status === 'stopping') {
      this.host.log('INFO', `The server was stopped, with exit code ${code}`, SUPERVISOR);
      return this.become('stopped', { exit_code: code });
    }
    this.become('crashed', { exit_code: code });
    const why = error === undefined ? `with exit code ${code}` : `as it could not be started; ${error}`;
    this.host.log('ERROR', `The server ended by itself ${why}`, SUPERVISOR);
    this.tryAgain(ran_ms);
  }

  private tryAgain(ran_ms: number): void {
    const { stableMs, maxRestarts, restartDelayMs, longestRestartDelayMs } = this.settings;
    if (ran_ms >= stableMs) this.crashes = 0;
    if (this.crashes === maxRestarts) {
      return this.host.log('CRITICAL', `The server is not started again after ${maxRestarts} times`, SUPERVISOR);
    }
    const delay = Math.min(restartDelayMs * 2 ** this.crashes, longestRestartDelayMs);
    this.crashes += 1;
    this.host.log('WARNING', `The server is started again in ${delay / 1000} s`, SUPERVISOR);
    this.restart = setTimeout(() => this.launch(), delay);
    this.restart.unref();
  }

  private become(status: ServerState, more: Pick<ServerStatus, 'pid' | 'exit_code'> = {}): void {
    this.current = { server_id: this.current.server_id, status, ...more };
    this.host.status(this.current);
    if (status === 'stopped') this.over?.();
  }

  private pid() {
    return this.current.pid === undefined ? {} : { pid: this.current.pid };
  }

  private exitCode() {
    return this.current.exit_code === undefined ? {} : { exit_code: this.current.exit_code };
  }
}
