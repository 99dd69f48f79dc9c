import type { ContractEvent, LegacyCodec, LegacyFrame } from '@switchyard/contract';
import type { TestsTypes } from './tests.contract.js';
import type { TestCompleted, TestStatus, TestStatusChange } from './tests.run.js';

type TestEvent = ContractEvent<TestsTypes>;

const IDLE_MS = 30_000;
const CANCELLED = 'Test execution was cancelled';
const UNKNOWN = 'Unable to follow the execution; nothing is known under this id';
const NOTHING = { passed: 0, failed: 0, skipped: 0, duration_s: 0 };

const statusFrame = (status: TestStatus, timestamp: string) => ({ type: 'status', data: { status, timestamp } });

function encodeEnd({ status, exit_code, summary, timestamp, error }: TestCompleted): LegacyFrame {
  if (status === 'cancelled') return { type: 'cancelled', data: { message: CANCELLED, timestamp } };
  if (error !== undefined) return { type: 'error', data: { message: error, timestamp } };
  return { type: 'completed', data: { status, exit_code, summary, timestamp } };
}

function encode(event: TestEvent): LegacyFrame {
  switch (event.event) {
    case 'test_output':
      return { type: 'output', data: { message: event.payload.line, timestamp: event.payload.timestamp } };
    case 'test_status':
      return statusFrame(event.payload.status, event.payload.timestamp);
    case 'test_completed':
      return encodeEnd(event.payload);
  }
}

function decode(type: unknown, data: { message: string; timestamp: string }): TestEvent | undefined {
  const { message, timestamp } = data;
  const ended = { exit_code: null, summary: NOTHING, timestamp };
  switch (type) {
    case 'output':
      // The old wire does not name the stream of a line.
      return { event: 'test_output', payload: { line: message, stream: 'stdout', timestamp } };
    case 'status':
      return { event: 'test_status', payload: data as unknown as TestStatusChange };
    case 'completed':
      return { event: 'test_completed', payload: data as unknown as TestCompleted };
    case 'cancelled':
      return { event: 'test_completed', payload: { status: 'cancelled', ...ended } };
    case 'error':
      return { event: 'test_completed', payload: { status: 'failed', ...ended, error: message } };
    default:
      return undefined;
  }
}

/** The codec of a test run's old WebSocket: `{type, data}` frames, all past lines first. */
export const testsLegacy: LegacyCodec<TestsTypes> = {
  path: '/api/tests/stream/:execution_id',
  idle: { after_ms: IDLE_MS, frame: ({ status }, { now }) => statusFrame(status, now) },
  encodeEvent: encode,
  encodeSnapshot({ status, updated_at, lines, result }) {
    return [
      statusFrame(status, updated_at),
      ...lines.map((payload) => encode({ event: 'test_output', payload })),
      ...(result ? [encodeEnd(result)] : []),
    ];
  },
  decodeEvent(frame) {
    if (typeof frame === 'string') return undefined;
    const event = decode(frame.type, frame.data as { message: string; timestamp: string });
    return event && { kind: 'event', ...event };
  },
  // Runs are started and cancelled over REST on the old wire.
  encodeCall: () => undefined,
  decodeCall: () => undefined,
  unknownRoom: ({ now }) => ({
    frames: [{ type: 'error', data: { message: UNKNOWN, timestamp: now } }],
    close: { code: 4004, reason: 'execution not found' },
  }),
  project(event) {
    const { type, data } = encode(event) as { type: string; data: { message: string; timestamp: string } };
    return decode(type, data);
  },
  identify({ event, payload }) {
    if (event === 'test_output') return `${payload.timestamp} ${payload.line}`;
    return `${payload.timestamp} ${payload.status}`;
  },
};
