import { join } from 'node:path';
import { runScript } from '../process/script.run.js';
import { readOptions } from './cutover.options.js';

// Starts an application and its load as separate processes, several times.
jest.setTimeout(240_000);

/** Runs the program with a preloaded fault for its load processes. */
function cutover(args: readonly string[], fault?: string) {
  const preload = `--require ${join(__dirname, 'broken.fetch.cjs')}`;
  return runScript('cutover', args, fault ? { NODE_OPTIONS: preload, BROKEN_FETCH: fault } : {});
}

const SMALL = ['--clients', '10', '--rooms', '3', '--seed', '1', '--warm-up', '0'];

describe('npm run cutover', () => {
  it('moves every client there and back, and finds nothing lost, duplicated or reordered', async () => {
    const { code, output } = await cutover([...SMALL, '--moves', '2']);
    expect(output).toContain('lost 0, duplicated 0, reordered 0, snapshots 0');
    expect(output).toMatch(/move 1 of 2 to socketio: told 10 .*, moved 10 of 10 /);
    expect(output).toMatch(/move 2 of 2 to legacy: told 10 .*, moved 10 of 10 /);
    expect(output).toMatch(/calls [1-9]\d*, of them \d+ in flight during a move; one effect \d+, none 0, several 0/);
    expect(output).not.toContain('PROBLEM');
    expect(code).toBe(0);
  });

  it('fails when the server acknowledges an event that reaches nobody', async () => {
    const { code, output } = await cutover([...SMALL, '--moves', '1'], 'forget');
    expect(output).toContain('PROBLEM: 1 acknowledged events reached no client');
    expect(code).toBe(1);
  });

  it('fails when a call has two effects', async () => {
    // After the second move calls go over HTTP, where one is repeated.
    const { code, output } = await cutover([...SMALL, '--moves', '3'], 'repeat');
    expect(output).toContain('PROBLEM: 1 calls had more than one effect');
    expect(code).toBe(1);
  });

  it('does not begin with an invalid option', async () => {
    const { code, output } = await cutover(['--clients', '0']);
    expect(output).toContain('unable to begin; --clients must be a whole number of at least 1');
    expect(code).toBe(2);
  });

  it.each([
    [['--clients', '2', '--rooms', '3'], '--rooms must be a whole number of at least 1 up to 2'],
    [['--moves', '2', '--kill', '3'], '--kill must be a whole number of at least 0 up to 2'],
    [['--warm-up', '0.5'], '--warm-up must be a whole number of at least 0'],
    [['--cut', '101'], '--cut must be a number of at least 0 up to 100'],
    [['--nodes', '3'], '--nodes must be a whole number of at least 1 up to 2'],
    [['--service', 'trains'], '--service must be one of'],
  ])('refuses the options %j', (args, reason) => {
    expect(() => readOptions(args)).toThrow(`unable to begin; ${reason}`);
  });

  it('shows its options', async () => {
    const { code, output } = await cutover(['--help']);
    for (const option of ['clients', 'rooms', 'moves', 'warm-up', 'nodes', 'cut', 'kill', 'rate', 'seed', 'service']) {
      expect(output).toContain(`--${option} `);
    }
    expect(code).toBe(0);
  });
});
