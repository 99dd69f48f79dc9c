import fc from 'fast-check';
import { codecConformance } from '../../../test/conformance/codec.conformance.js';
import { mcpLogs } from './mcp-logs.contract.js';
import { mcpLogsLegacy } from './mcp-logs.legacy.js';
import { LOG_LEVELS, type LogEntry } from './server.log.js';

const text = fc.string({ unit: 'binary' });

codecConformance(
  mcpLogs,
  mcpLogsLegacy,
  fc.oneof(
    fc.record({
      event: fc.constant('log_entry' as const),
      payload: fc.record({ timestamp: text, level: fc.constantFrom(...LOG_LEVELS), message: text, source: text }),
    }),
    fc.record({ event: fc.constant('logs_cleared' as const), payload: fc.record({ server_id: text }) }),
    fc.record({
      event: fc.constant('server_status' as const),
      payload: fc.record({ server_id: text, status: fc.constantFrom('running' as const, 'crashed' as const) }),
    }),
  ),
);

describe('the old wire of the MCP log', () => {
  const entry: LogEntry = { timestamp: 't', level: 'INFO', message: 'hello', source: 'search' };

  it('sends a new client the past, line by line', () => {
    const history = { entries: [entry], server_status: { server_id: 'default', status: 'stopped' as const } };
    expect(mcpLogsLegacy.encodeSnapshot(history, { key: 'default', session_id: 's', now: '' })).toEqual([
      { type: 'connection', data: { message: 'Connected to the MCP log stream' } },
      { timestamp: 't', level: 'INFO', message: 'hello' },
    ]);
  });

  it.each(['text', { type: 'something_else', data: {} }, { level: 'LOUD' }])(
    'decodes no event from the frame %j',
    (frame) => {
      expect(mcpLogsLegacy.decodeEvent(frame)).toBeUndefined();
    },
  );
});
