import type { LoggingLevel } from '@modelcontextprotocol/sdk/types.js';
import type { LogLevel } from '@switchyard/services';

const MCP_LEVELS: Readonly<Record<LoggingLevel, LogLevel>> = {
  debug: 'DEBUG',
  info: 'INFO',
  notice: 'INFO',
  warning: 'WARNING',
  error: 'ERROR',
  critical: 'CRITICAL',
  alert: 'CRITICAL',
  emergency: 'CRITICAL',
};

/** Returns the level of a log message that a server sent over MCP. */
export function levelOfMcp(level: LoggingLevel): LogLevel {
  return MCP_LEVELS[level];
}

/** A level word at the beginning of a line, where a time or a name may come before it. */
const LEVEL = /^(?:[^A-Za-z]*|.{0,40}?[\s[|:-])(DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b/;

/** Returns the level of a line on stderr: the level that it names, else `ERROR` for an exception and `INFO` for other lines. */
export function levelOfLine(line: string): LogLevel {
  const named = LEVEL.exec(line)?.[1];
  if (named === undefined) return /^\w*(?:Error|Exception)\b|^Traceback /.test(line) ? 'ERROR' : 'INFO';
  if (named === 'WARN') return 'WARNING';
  if (named === 'FATAL') return 'CRITICAL';
  return named as LogLevel;
}
