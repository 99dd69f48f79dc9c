export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One line of a server's log; secrets in it are redacted. */
export interface LogEntry {
  /** ISO 8601 with Z. */
  timestamp: string;
  level: LogLevel;
  message: string;
  /** Who said it: `supervisor`, `stderr`, or the logger's own name. */
  source: string;
}

/** `crashed`: it ended by itself; it is started again some time later, a few times. */
export type ServerState = 'stopped' | 'starting' | 'running' | 'stopping' | 'crashed';

/** Where a server is. */
export interface ServerStatus {
  server_id: string;
  status: ServerState;
  pid?: number;
  /** How it ended last; 128 and the signal's number where a signal ended it. */
  exit_code?: number;
}

/** A server's log as a client sees it that comes in the middle. */
export interface LogHistory {
  /** The last thousand, oldest first. */
  entries: LogEntry[];
  server_status: ServerStatus;
}

/** What a tool of a server answered. */
export interface ToolAnswer {
  content: { type: string; text?: string }[];
  is_error: boolean;
}

/** Whether a line is of one of the levels asked for; without such all are. */
export function isShown({ level }: LogEntry, { levels }: { levels?: readonly LogLevel[] }): boolean {
  return levels?.includes(level) ?? true;
}
