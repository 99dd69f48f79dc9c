import { MemoryStore } from '@switchyard/server';
import { TestsReporter, type Publish } from './tests.reporter.js';
import { TapSummary } from './tap.summary.js';
import { TestsStore } from './tests.store.js';
import { TestsSettings } from './tests.settings.js';

async function start(given: Partial<TestsSettings> = {}) {
  const store = new MemoryStore();
  const settings = new TestsSettings(given);
  const executions = new TestsStore(store, settings);
  const publish: Publish = (_event, _payload, writes) => store.documents.write(writes);
  const begin = async () => {
    const execution = executions.draft({ suite: 'fast' }, 'ada');
    await executions.add(execution);
    return { execution, report: new TestsReporter(execution, executions, settings, publish) };
  };
  return { executions, begin };
}

const completed = {
  status: 'completed' as const,
  exit_code: 0,
  summary: { passed: 1, failed: 0, skipped: 0, duration_s: 1 },
};

describe('the report of a test run', () => {
  it('stores the status, the result and the lines, and shows no owner', async () => {
    const { executions, begin } = await start();
    const { execution, report } = await begin();
    report.running();
    report.line('stdout', 'a');
    report.line('stderr', 'b');
    await report.end(completed);
    const history = await executions.history(execution.execution_id);
    expect(history).toMatchObject({ status: 'completed', result: completed });
    expect(history!.lines.map(({ line, stream }) => [line, stream])).toEqual([
      ['a', 'stdout'],
      ['b', 'stderr'],
    ]);
    expect(history).not.toHaveProperty('owner');
  });

  it.each([{ maxLines: 3 }, { maxCharacters: 3 }])('keeps only the beginning of a long output: %j', async (limit) => {
    const { executions, begin } = await start(limit);
    const { execution, report } = await begin();
    for (let count = 0; count < 10; count += 1) report.line('stdout', 'x');
    await report.end(completed);
    const { lines } = (await executions.history(execution.execution_id))!;
    const end = 'The rest of the output is not kept; it is too long';
    expect(lines.map(({ line }) => line)).toEqual(['x', 'x', 'x', end]);
  });

  it('deletes the oldest ended runs with their lines', async () => {
    const { executions, begin } = await start({ keptRuns: 2 });
    const unfinished = await begin();
    const runs = [];
    for (let count = 0; count < 4; count += 1) {
      const run = await begin();
      run.report.line('stdout', 'x');
      await run.report.end(completed);
      runs.push(run.execution.execution_id);
    }
    await begin();
    const kept = await Promise.all(runs.map((id) => executions.history(id)));
    expect(kept.flatMap((run) => run?.lines ?? [])).toHaveLength(1);
    expect(kept.filter((run) => run === undefined)).toHaveLength(3);
    expect(await executions.get(unfinished.execution.execution_id)).toBeDefined();
  });
});

describe('the summary of a test run', () => {
  it('has the last counts that the runner wrote', () => {
    const tap = new TapSummary();
    const lines = [
      '# pass 99',
      '# pass 3',
      '# fail 1',
      '# cancelled 1',
      '# skipped 2',
      '# todo 1',
      '# duration_ms 34.6',
    ];
    for (const line of ['ok 1', '## pass 7', ...lines]) tap.read(line);
    expect(tap.summary(1000)).toEqual({ passed: 3, failed: 2, skipped: 3, duration_s: 0.035 });
  });

  it('has only a duration when the runner wrote no counts', () => {
    expect(new TapSummary().summary(1234.5)).toEqual({ passed: 0, failed: 0, skipped: 0, duration_s: 1.235 });
  });
});
