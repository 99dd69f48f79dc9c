import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../harness/until.js';

const ROOT = join(__dirname, '../..');
const REPORTER = join(ROOT, 'scripts/test/end.reporter.mjs');
/** Starts a program that does not end by itself, like a test's server, and prints its process id. */
const LEAVES_A_CHILD = `
  const { writeFileSync } = require('node:fs');
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
  writeFileSync(__filename + '.pids', process.pid + ' ' + child.pid);
`;

describe('a run of the tests', () => {
  let folder: string;
  let run: ChildProcess | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-run-'));
    // Without a transform no process loads Babel.
    const config = {
      testRegex: '\\.trial\\.js$',
      maxWorkers: 2,
      transform: {},
      watchman: false,
      reporters: [[REPORTER, { grace_ms: 1000 }]],
    };
    await writeFile(join(folder, 'jest.config.cjs'), `module.exports = ${JSON.stringify(config)};`);
  });
  afterEach(async () => {
    run?.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  /** Runs a test of each text like `npm test`, and resolves to all their processes once they have started. */
  const start = async (...trials: string[]): Promise<number[]> => {
    const files = trials.map((_, n) => join(folder, `${n}.trial.js`));
    await Promise.all(files.map((file, n) => writeFile(file, LEAVES_A_CHILD + trials[n]!)));
    const { JEST_WORKER_ID: _, ...env } = process.env;
    run = spawn(process.execPath, ['scripts/test.mjs', '--config', join(folder, 'jest.config.cjs')], {
      cwd: ROOT,
      env,
      stdio: 'ignore',
    });
    const pids = await Promise.all(
      files.map((file) =>
        until(`a trial that has begun`, () => existsSync(`${file}.pids`) && readFileSync(`${file}.pids`, 'utf8')),
      ),
    );
    return pids.flatMap((text) => (text || '').split(' ').map(Number));
  };
  const ended = async (): Promise<number | NodeJS.Signals> => {
    if (run!.exitCode === null && run!.signalCode === null) await once(run!, 'exit');
    return run!.exitCode ?? run!.signalCode!;
  };
  const isGone = (pid: number): boolean => {
    try {
      // A dead process that nobody has reaped is still listed.
      return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.startsWith('Z');
    } catch {
      return true;
    }
  };
  const allGone = (pids: number[]) => until('nothing left of the run', () => pids.every(isGone));

  const FAILS = "test('fails', () => { setInterval(() => {}, 1e6); throw new Error('planted'); });";
  const PASSES = "test('passes', () => { setInterval(() => {}, 1e6); });";
  const HANGS = "test('hangs', () => new Promise(() => {}), 1e6);";
  const SPINS = "test('spins', () => { for (;;); });";

  it.each([
    ['with a failure, in one process', 1, [FAILS]],
    ['with a failure, in several processes', 1, [FAILS, PASSES]],
    ['without one', 0, [PASSES]],
  ])('ends by itself %s, with all processes that its tests left running', async (_, code, trials) => {
    const pids = await start(...trials);
    expect(await ended()).toBe(code);
    await allGone(pids);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('leaves nothing behind when it is ended by %s', async (signal) => {
    const pids = await start(HANGS, SPINS);
    run!.kill(signal);
    await ended();
    await allGone(pids);
  });
});
