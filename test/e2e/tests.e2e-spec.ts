import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reply } from '@switchyard/contract';
import { openLmdbStore } from '@switchyard/store-lmdb';
import type { TestCompleted, TestExecution, TestOutput } from '@switchyard/services';
import { startApp, type TestApp } from '../harness/app.js';
import { openSocket, openWs } from '../harness/clients.js';
import { until } from '../harness/until.js';
import { HELD_SUITES, startHeldSuite } from '../suites/held.suite.js';

async function start(url: string, request: object) {
  const socket = await openSocket(url, '/tests', { auth: { sdk: 'test' } }).connected();
  const started = await socket.call<Reply<{ execution_id: string }>>('run_tests', request);
  if (!started.ok) return { socket, refused: started.error };
  const { execution_id } = started.data;
  const ended = async (): Promise<{ result: TestCompleted; execution: TestExecution }> => {
    const execution = await until('a result', async () => {
      const read_ = await read(url, execution_id);
      return read_.result && read_;
    });
    return { execution: execution!, result: execution!.result! };
  };
  return { socket, execution_id, ended };
}

async function read(url: string, execution_id: string): Promise<TestExecution> {
  return (await (await fetch(`${url}/api/tests/executions/${execution_id}`)).json()) as TestExecution;
}

describe('test runs of the shipped suites', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.close());

  it('can be listed, and the fast one passes', async () => {
    expect(await (await fetch(`${app.url}/api/tests/suites`)).json()).toEqual({ suites: ['fast', 'failing-sample'] });
    const { ended } = await start(app.url, { suite: 'fast' });
    const { result, execution } = await ended!();
    expect(result).toMatchObject({ status: 'completed', exit_code: 0, summary: { failed: 0 } });
    // Tests that need a build are skipped without one.
    expect(result.summary.passed + result.summary.skipped).toBe(14);
    expect(result.summary.passed).toBeGreaterThanOrEqual(13);
    expect(result.summary.duration_s).toBeGreaterThan(0);
    expect(execution.lines[0]).toMatchObject({ line: 'TAP version 13', stream: 'stdout' });
  });

  it('report failures, on the stream of their output', async () => {
    const { ended } = await start(app.url, { suite: 'failing-sample' });
    const { result, execution } = await ended!();
    expect(result).toMatchObject({ status: 'failed', exit_code: 1, summary: { passed: 1, failed: 1, skipped: 1 } });
    const said = (stream: TestOutput['stream']) => execution.lines.filter((output) => output.stream === stream);
    expect(said('stderr').map(({ line }) => line)).toContain('looking for the buffer stop');
    expect(said('stdout').map(({ line }) => line)).toContain('not ok 2 - a siding has no end');
  });

  it('run only the tests that match the filter, whatever it looks like', async () => {
    const some = await (await start(app.url, { suite: 'failing-sample', filter: 'signal at' })).ended!();
    expect(some.result).toMatchObject({ status: 'completed', summary: { passed: 1, failed: 0 } });
    const none = await (await start(app.url, { suite: 'failing-sample', filter: 's(i.+)' })).ended!();
    expect(none.result).toMatchObject({ status: 'completed', summary: { passed: 0, failed: 0 } });
  });

  it.each(['$(id)', '`id`', '; id', '--eval=1', '-e', 'a\nb', '| cat', '{filter}'])(
    'are refused with the filter %j',
    async (filter) => {
      expect((await start(app.url, { suite: 'fast', filter })).refused).toMatchObject({ code: 'input.invalid' });
    },
  );

  it('are refused for a suite that is not on the list', async () => {
    for (const suite of ['node', 'constructor', 'slow']) {
      const { refused } = await start(app.url, { suite });
      expect(refused).toMatchObject({ code: 'suite.not_found', details: { suites: ['fast', 'failing-sample'] } });
    }
  });
});

describe('test runs that do not finish', () => {
  let suite: Awaited<ReturnType<typeof startHeldSuite>>;
  let data: string;
  const environment = () => ({ TEST_SUITES_FILE: HELD_SUITES, DATA_DIR: data });
  beforeAll(async () => {
    suite = await startHeldSuite();
    data = await mkdtemp(join(tmpdir(), 'switchyard-'));
  });
  afterAll(async () => {
    suite.close();
    await rm(data, { recursive: true, force: true });
  });

  it('can be cancelled while they run and while they wait', async () => {
    const app = await startApp(environment());
    const programs = [suite.next(), suite.next(), suite.next()];
    const runs: Awaited<ReturnType<typeof start>>[] = [];
    // In this order, so that the last one waits.
    for (const { filter } of programs) runs.push(await start(app.url, { suite: 'held', filter }));
    await programs[0]!.running;
    expect(await read(app.url, runs[2]!.execution_id!)).toMatchObject({ status: 'pending' });
    for (const { socket, execution_id, ended } of [runs[2]!, runs[0]!]) {
      const cancelled = { ok: true, data: { execution_id, status: 'cancelled' } };
      expect(await socket.call('cancel_execution', { execution_id })).toEqual(cancelled);
      expect((await ended!()).result.status).toBe('cancelled');
      expect(await socket.call('cancel_execution', { execution_id })).toEqual(cancelled);
    }
    const ended = new Promise((resolve) => void programs[1]!.running.then((socket) => socket.once('close', resolve)));
    await programs[1]!.running;
    await app.close();
    // Its program has ended with the server.
    await ended;

    const again = await startApp(environment());
    expect(await read(again.url, runs[1]!.execution_id!)).toMatchObject({
      status: 'failed',
      result: { error: 'interrupted: the server was stopped' },
    });
    await again.close();
  });

  it('end as interrupted after a crash', async () => {
    const at = new Date().toISOString();
    const value = { execution_id: 'crashed', suite: 'held', status: 'running', started_at: at, updated_at: at };
    const store = await openLmdbStore(join(data, 'store'));
    await store.documents.write([{ collection: 'test_executions', id: 'crashed', value }]);
    await store.close();
    const app = await startApp(environment());
    expect(await read(app.url, 'crashed')).toMatchObject({
      status: 'failed',
      result: { status: 'failed', exit_code: null, error: 'interrupted: the server was stopped' },
    });
    await app.close();
  });

  it('report why they could not be started', async () => {
    const app = await startApp(environment());
    const { ended, execution_id } = await start(app.url, { suite: 'missing' });
    const error = expect.stringMatching(/^unable to start the tests; .*ENOENT/);
    expect((await ended!()).result).toMatchObject({ status: 'failed', exit_code: null, error });
    const refused = await start(app.url, { suite: 'missing', filter: 'a' });
    expect(refused.refused).toMatchObject({ code: 'input.invalid' });
    const ws = await openWs(app.url, `/api/tests/stream/${execution_id}`).opened();
    expect(JSON.parse(await ws.next())).toMatchObject({ type: 'status', data: { status: 'failed' } });
    expect(JSON.parse(await ws.next())).toEqual({
      type: 'error',
      data: { message: error, timestamp: expect.any(String) },
    });
    await app.close();
  });

  it('are reported to old clients as unknown when they do not exist', async () => {
    const app = await startApp(environment());
    const ws = await openWs(app.url, '/api/tests/stream/nobody').opened();
    expect(JSON.parse(await ws.next())).toMatchObject({ type: 'error', data: { message: expect.any(String) } });
    expect((await ws.closed()).code).toBe(4004);
    await app.close();
  });
});
