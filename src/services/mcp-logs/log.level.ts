import type { LoggingLevel } from '@modelcontextprotocol/sdk/types.js';
import type { LogLevel } from '@switchyard/services';

const OF_MCP: Readonly<Record<LoggingLevel, LogLevel>> = {
  debug: 'DEBUG',
  info: 'INFO',
  notice: 'INFO',
  warning: 'WARNING',
  error: 'ERROR',
  critical: 'CRITICAL',
  alert: 'CRITICAL',
  emergency: 'CRITICAL',
};

/** The level of a message that a server sent over MCP. */
export function levelOfMcp(level: LoggingLevel): LogLevel {
  return OF_MCP[level];
}

/** A level word at the beginning of a line, or after a time or a name before it. */
const LEVEL = /^(?:[^A-Za-z]*|.{0,40}?[\s[|:-])(DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b/;

/** The level of a line that a server wrote to stderr; one that names none is information, an exception an error. */
export function levelOfLine(line: string): LogLevel {
  const named = LEVEL.exec(line)?.[1];
  if (named === undefined) return /^\w*(?:Error|Exception)\b|^Traceback /.test(line) ? 'ERROR' : 'INFO';
  if (named === 'WARN') return 'WARNING';
  if (named === 'FATAL') return 'CRITICAL';
  return named as LogLevel;
}
