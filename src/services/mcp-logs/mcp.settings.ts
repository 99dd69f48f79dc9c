import { join } from 'node:path';
import type { ProgramCall } from '../../processes/index.js';
import { PROJECT_ROOT } from '../../config/project.root.js';

/** How MCP servers are run. Times are milliseconds. */
export class McpSettings {
  /** What the server is. */
  readonly call: ProgramCall = {
    program: process.execPath,
    args: [join(__dirname, 'program/index.server.mjs')],
    cwd: PROJECT_ROOT,
  };
  /** How long a server may take until it says that it is there. */
  readonly startTimeoutMs: number = 15_000;
  /** How long a tool may take. */
  readonly toolTimeoutMs: number = 30_000;
  /** How long after the first crash it is started again; twice as long after each further one. */
  readonly restartDelayMs: number = 500;
  readonly longestRestartDelayMs: number = 30_000;
  /** Crashes in a row after which it stays as it is. */
  readonly maxRestarts: number = 5;
  /** One that ran for this long has recovered from the crashes before. */
  readonly stableMs: number = 60_000;
  /** More of a server's lines are left out, and counted. */
  readonly linesPerSecond: number = 200;
  /** Values that must never be in a log. */
  readonly secrets: readonly string[] = [];

  constructor(settings: Partial<McpSettings> = {}) {
    Object.assign(this, settings);
  }
}
