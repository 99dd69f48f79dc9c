import { Fault } from '@switchyard/contract';
import type { ServerState, ServerStatus, ToolAnswer } from '@switchyard/services';
import type { ProgramExit } from '../../processes/index.js';
import type { Log } from './log.rate.limiter.js';
import type { McpSession } from './mcp.session.js';
import type { McpSettings } from './mcp.settings.js';

/** The dependencies of an MCP server: it launches sessions, logs lines and reports statuses with them. */
export interface McpServerHost {
  launch(log: Log): McpSession;
  log: Log;
  report(status: ServerStatus): void;
}

const SUPERVISOR = 'supervisor';

/** Starts and stops an MCP server, and restarts it after a crash. */
export class McpServer {
  private session: McpSession | undefined;
  /** Settles once the start has succeeded or failed. */
  private opening: Promise<void> = Promise.resolve();
  private crashes = 0;
  private restartTimer: NodeJS.Timeout | undefined;
  private current: ServerStatus;
  /** Resolves the promise of `live`. */
  private stopped: (() => void) | undefined;

  constructor(
    server_id: string,
    private readonly settings: McpSettings,
    private readonly host: McpServerHost,
  ) {
    this.current = { server_id, status: 'stopped' };
  }

  /** Resolves once the server is stopped; aborting the signal stops it. */
  live(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => void this.stop().then(() => this.stopped?.()), { once: true });
    return new Promise((resolve) => (this.stopped = resolve));
  }

  /** Starts the server if it does not run, and returns its status afterwards. */
  async start(): Promise<ServerStatus> {
    if (this.current.status === 'stopping') await this.session?.exited;
    if (!this.session) {
      this.crashes = 0;
      this.launch();
    }
    await this.opening;
    return this.current;
  }

  /** Stops the server, or its wait for a restart, and returns its last status. */
  async stop(): Promise<ServerStatus> {
    clearTimeout(this.restartTimer);
    const { session } = this;
    if (session) {
      if (this.current.status !== 'stopping') this.changeTo('stopping', this.pid());
      await session.end();
      await this.opening;
    } else if (this.current.status === 'crashed') {
      this.changeTo('stopped', this.exitCode());
    }
    return this.current;
  }

  /** Calls a tool of the server. @throws Fault `server.stopped`, `tool.failed` */
  callTool(name: string, args: Record<string, unknown>): Promise<ToolAnswer> {
    if (!this.session || this.current.status !== 'running') throw new Fault('server.stopped');
    return this.session.callTool(name, args);
  }

  private launch(): void {
    clearTimeout(this.restartTimer);
    this.changeTo('starting');
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
      this.changeTo('running', { pid });
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
      return this.changeTo('stopped', { exit_code: code });
    }
    this.changeTo('crashed', { exit_code: code });
    const why = error === undefined ? `with exit code ${code}` : `as it could not be started; ${error}`;
    this.host.log('ERROR', `The server ended by itself ${why}`, SUPERVISOR);
    this.scheduleRestart(ran_ms);
  }

  private scheduleRestart(ran_ms: number): void {
    const { stableMs, maxRestarts, restartDelayMs, longestRestartDelayMs } = this.settings;
    if (ran_ms >= stableMs) this.crashes = 0;
    if (this.crashes === maxRestarts) {
      return this.host.log('CRITICAL', `The server is not started again after ${maxRestarts} times`, SUPERVISOR);
    }
    const delay = Math.min(restartDelayMs * 2 ** this.crashes, longestRestartDelayMs);
    this.crashes += 1;
    this.host.log('WARNING', `The server is started again in ${delay / 1000} s`, SUPERVISOR);
    this.restartTimer = setTimeout(() => this.launch(), delay);
    this.restartTimer.unref();
  }

  private changeTo(status: ServerState, more: Pick<ServerStatus, 'pid' | 'exit_code'> = {}): void {
    this.current = { server_id: this.current.server_id, status, ...more };
    this.host.report(this.current);
    if (status === 'stopped') this.stopped?.();
  }

  private pid() {
    return this.current.pid === undefined ? {} : { pid: this.current.pid };
  }

  private exitCode() {
    return this.current.exit_code === undefined ? {} : { exit_code: this.current.exit_code };
  }
}
