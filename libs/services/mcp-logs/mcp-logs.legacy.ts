import { pickFields, type ContractEvent, type LegacyCodec, type LegacyFrame } from '@switchyard/contract';
import type { McpLogsTypes } from './mcp-logs.contract.js';
import { LOG_LEVELS, type LogEntry } from './server.log.js';

type LogsEvent = ContractEvent<McpLogsTypes>;

/** The fields of the old frame in order, because its bytes must not change; it has no source. */
const FIELDS = ['timestamp', 'level', 'message'] as const;

const CONNECTED = { type: 'connection', data: { message: 'Connected to the MCP log stream' } };
const LEVELS: readonly unknown[] = LOG_LEVELS;

function encode(event: LogsEvent): LegacyFrame | undefined {
  return event.event === 'log_entry' ? pickFields(event.payload, FIELDS) : undefined;
}

function decode(frame: object): LogsEvent | undefined {
  const { level } = frame as { level?: unknown };
  if (!LEVELS.includes(level)) return undefined;
  return { event: 'log_entry', payload: { ...pickFields(frame as LogEntry, FIELDS), source: '' } };
}

/** The codec of the MCP log page's old WebSocket: one stream of flat lines. */
export const mcpLogsLegacy: LegacyCodec<McpLogsTypes> = {
  path: '/api/mcp/logs/stream',
  heartbeat: { every_ms: 1000, frame: ({ now }) => ({ type: 'ping', data: { timestamp: now } }) },
  encodeEvent: encode,
  encodeSnapshot: ({ entries }) => [CONNECTED, ...entries.map((entry) => pickFields(entry, FIELDS))],
  decodeEvent(frame) {
    if (typeof frame === 'string') return undefined;
    if (frame.type === 'ping') return { kind: 'alive', at: (frame.data as { timestamp: string }).timestamp };
    // The history follows, line by line; the old wire has no server status.
    if (frame.type === 'connection') {
      return { kind: 'snapshot', payload: { entries: [], server_status: { server_id: '', status: 'stopped' } } };
    }
    const event = decode(frame);
    return event && { kind: 'event', ...event };
  },
  // Servers are started and stopped over REST on the old wire.
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: () => ({ frames: [CONNECTED] }),
  project(event) {
    const frame = encode(event);
    return typeof frame === 'object' ? decode(frame) : undefined;
  },
  identify({ payload }) {
    const { timestamp, level, message } = payload as LogEntry;
    return `${timestamp} ${level} ${message}`;
  },
};
