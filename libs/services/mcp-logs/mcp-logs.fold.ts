import type { ContractEvent } from '@switchyard/contract';
import type { McpLogsTypes } from './mcp-logs.contract.js';
import type { LogHistory } from './server.log.js';

/** The server stores as many lines. */
const MAX_ENTRIES = 1000;

/** Applies an event to a log. */
export function foldLogs(history: LogHistory, { event, payload }: ContractEvent<McpLogsTypes>): LogHistory {
  if (event === 'log_entry') return { ...history, entries: [...history.entries, payload].slice(-MAX_ENTRIES) };
  if (event === 'server_status') return { ...history, server_status: payload };
  return { ...history, entries: [] };
}
