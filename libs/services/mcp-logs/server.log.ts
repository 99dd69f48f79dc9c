/** The log levels, lowest first. */
export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;
/** A log level. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A line of a server's log, with redacted secrets. */
export interface LogEntry {
  /** ISO 8601 with Z. */
  timestamp: string;
  level: LogLevel;
  message: string;
  /** `supervisor`, `stderr`, or the logger's name. */
  source: string;
}

/** The state of a server; a `crashed` one ended by itself and is restarted a few times. */
export type ServerState = 'stopped' | 'starting' | 'running' | 'stopping' | 'crashed';

/** The status of a server. */
export interface ServerStatus {
  server_id: string;
  status: ServerState;
  pid?: number;
  /** The last exit code; 128 plus the signal's number after a signal. */
  exit_code?: number;
}

/** The snapshot of a server's log. */
export interface LogHistory {
  /** The last 1000 lines, oldest first. */
  entries: LogEntry[];
  server_status: ServerStatus;
}

/** The result of a tool call. */
export interface ToolAnswer {
  content: { type: string; text?: string }[];
  is_error: boolean;
}

/** Tells whether a line has one of the selected levels; without a selection, all lines do. */
export function isShown({ level }: LogEntry, { levels }: { levels?: readonly LogLevel[] }): boolean {
  return levels?.includes(level) ?? true;
}
