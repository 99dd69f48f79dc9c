import { join } from 'node:path';
import type { ProgramCall } from '../../processes/index.js';
import { PROJECT_ROOT } from '../../config/project.root.js';

/** The settings of MCP servers. Times are milliseconds. */
export class McpSettings {
  /** The program of the server. */
  readonly call: ProgramCall = {
    program: process.execPath,
    args: [join(__dirname, 'program/index.server.mjs')],
    cwd: PROJECT_ROOT,
  };
  /** The time limit of a server's start. */
  readonly startTimeoutMs: number = 15_000;
  /** The time limit of a tool. */
  readonly toolTimeoutMs: number = 30_000;
  /** The wait after the first crash before the server is started again; doubled after each further crash. */
  readonly restartDelayMs: number = 500;
  readonly longestRestartDelayMs: number = 30_000;
  /** How many times in a row a crashed server is restarted. */
  readonly maxRestarts: number = 5;
  /** After running for this long, a server counts its crashes from zero again. */
  readonly stableMs: number = 60_000;
  /** How many lines of a server are logged in a second; further lines are only counted. */
  readonly linesPerSecond: number = 200;
  /** The values that must never appear in a log. */
  readonly secrets: readonly string[] = [];

  constructor(settings: Partial<McpSettings> = {}) {
    Object.assign(this, settings);
  }
}
