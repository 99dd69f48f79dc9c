import { fakeRealtime } from '@switchyard/client/testing';
import { TestRunService } from './tests.client.js';
import { tests } from './tests.contract.js';
import type { TestExecution } from './tests.run.js';

const timestamp = '2026-01-01T00:00:00.000Z';
const execution: TestExecution = {
  execution_id: 'x',
  suite: 'fast',
  status: 'pending',
  started_at: timestamp,
  updated_at: timestamp,
  lines: [],
};
const result = {
  status: 'completed' as const,
  exit_code: 0,
  summary: { passed: 1, failed: 0, skipped: 0, duration_s: 1 },
  timestamp,
};

function start() {
  const { realtime, transport } = fakeRealtime(tests);
  const wire = transport(tests);
  wire.admit = () => ({ recovered: false, epoch: 'e', offset: 0, snapshot: execution });
  let offset = 0;
  const emit = (event: string, payload: object) =>
    wire.emit('x', { event, payload, position: { epoch: 'e', offset: ++offset } });
  return { wire, emit, runs: new TestRunService(realtime) };
}

it('the test-run client follows a run line by line, to its end', async () => {
  const { wire, emit, runs } = start();
  const seen: TestExecution[] = [];
  const ended = new Promise<void>((complete) => {
    runs.execution('x').subscribe({ next: (state) => seen.push(state), complete });
  });
  await wire.joined('x');
  const line = { line: 'ok 1', stream: 'stdout', timestamp };
  emit('test_status', { status: 'running', timestamp });
  emit('test_output', line);
  emit('test_completed', result);
  await ended;
  expect(seen.map(({ status, lines }) => `${status} ${lines.length}`)).toEqual([
    'pending 0',
    'running 0',
    'running 1',
    'completed 1',
  ]);
  expect(seen.at(-1)).toMatchObject({ lines: [line], result });
});

it('the test-run client completes at once with a run that is over', async () => {
  const { wire, runs } = start();
  const over = { ...execution, status: 'completed', result };
  wire.admit = () => ({ recovered: false, epoch: 'e', offset: 4, snapshot: over });
  const seen: TestExecution[] = [];
  await new Promise<void>((complete) => {
    runs.execution('x').subscribe({ next: (state) => seen.push(state), complete });
  });
  expect(seen).toEqual([over]);
});

it('the test-run client starts and cancels runs', async () => {
  const { wire, runs } = start();
  wire.answer = () => ({ ok: true, data: { execution_id: 'x', status: 'cancelled' } });
  await expect(runs.run({ suite: 'fast', filter: 'guard' })).resolves.toBe('x');
  await expect(runs.cancel('x')).resolves.toBe('cancelled');
  expect(wire.calls).toMatchObject([
    { name: 'run_tests', payload: { suite: 'fast', filter: 'guard' } },
    { name: 'cancel_execution', payload: { execution_id: 'x' } },
  ]);
});
