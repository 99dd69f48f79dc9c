import type { ContractEvent } from '@switchyard/contract';
import { mcpLogs, type McpLogsTypes } from './mcp-logs.contract.js';
import type { LogHistory } from './server.log.js';

/** Applies an event to a log, which has at most as many lines as the server stores. */
export function foldLogs(history: LogHistory, { event, payload }: ContractEvent<McpLogsTypes>): LogHistory {
  if (event === 'log_entry') return { ...history, entries: [...history.entries, payload].slice(-mcpLogs.keep) };
  if (event === 'server_status') return { ...history, server_status: payload };
  return { ...history, entries: [] };
}
