import fc from 'fast-check';
import { codecConformance } from '../../../test/conformance/codec.conformance.js';
import { tests } from './tests.contract.js';
import { testsLegacy } from './tests.legacy.js';
import { TEST_STATUSES, type TestCompleted, type TestExecution, type TestStatus } from './tests.run.js';

const text = fc.string({ unit: 'binary' });
const timestamp = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((at) => at.toISOString());
const status = fc.constantFrom(...TEST_STATUSES);
const summary = fc.record({ passed: fc.nat(), failed: fc.nat(), skipped: fc.nat(), duration_s: fc.nat() });
const completed: fc.Arbitrary<TestCompleted> = fc.record(
  {
    status: fc.constantFrom<TestStatus>('completed', 'failed', 'cancelled'),
    exit_code: fc.option(fc.nat(255)),
    summary,
    timestamp,
    error: text,
  },
  { requiredKeys: ['status', 'exit_code', 'summary', 'timestamp'] },
);

codecConformance(
  tests,
  testsLegacy,
  fc.oneof(
    fc.record({
      event: fc.constant('test_output' as const),
      payload: fc.record({ line: text, stream: fc.constantFrom('stdout' as const, 'stderr' as const), timestamp }),
    }),
    fc.record({ event: fc.constant('test_status' as const), payload: fc.record({ status, timestamp }) }),
    fc.record({ event: fc.constant('test_completed' as const), payload: completed }),
  ),
);

describe('the old wire of test runs', () => {
  const at = '2026-01-01T00:00:00.000Z';
  const execution: TestExecution = {
    execution_id: 'x',
    suite: 'fast',
    status: 'running',
    started_at: at,
    updated_at: at,
    lines: [
      { line: 'a', stream: 'stdout', timestamp: at },
      { line: 'b', stream: 'stderr', timestamp: at },
    ],
  };
  const context = { key: 'x', session_id: 's', now: at };

  it('sends a client in the middle of a run every line, and a late one how it ended', () => {
    const past = [
      { type: 'status', data: { status: 'running', timestamp: at } },
      { type: 'output', data: { message: 'a', timestamp: at } },
      { type: 'output', data: { message: 'b', timestamp: at } },
    ];
    expect(testsLegacy.encodeSnapshot(execution, context)).toEqual(past);
    const result = {
      status: 'completed' as const,
      exit_code: 0,
      summary: { passed: 1, failed: 0, skipped: 0, duration_s: 1 },
      timestamp: at,
    };
    const frames = testsLegacy.encodeSnapshot({ ...execution, result }, context);
    expect(frames.at(-1)).toEqual({ type: 'completed', data: result });
  });

  it('sends the state of a run after half a minute without a frame', () => {
    expect(testsLegacy.idle!.after_ms).toBe(30_000);
    expect(testsLegacy.idle!.frame(execution, context)).toEqual({
      type: 'status',
      data: { status: 'running', timestamp: at },
    });
  });

  it.each(['text', { type: 'something_else', data: {} }])('decodes no event from the frame %j', (frame) => {
    expect(testsLegacy.decodeEvent(frame)).toBeUndefined();
  });
});
