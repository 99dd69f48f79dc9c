import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from '../process/script.run.js';

// Starts an application and its load as separate processes.
jest.setTimeout(240_000);

/** Runs the program, with a fault in its clients' sockets if asked for. */
function parity(args: readonly string[], isBroken = false) {
  const preload = `--require ${join(__dirname, 'broken.socket.cjs')}`;
  return runScript('parity', args, isBroken ? { NODE_OPTIONS: preload } : {});
}

const ALARMS = ['--only', 'alarms', '--comparisons', '2', '--rooms', '2', '--seed', '1'];

describe('npm run parity', () => {
  it('finds no false alarm while connections of both wires are cut', async () => {
    const { code, output } = await parity([
      ...ALARMS,
      '--events',
      '300',
      '--rate',
      '60',
      '--cut',
      '30',
      '--every',
      '0.4',
    ]);
    expect(output).toMatch(/[3-9]\d\d of 300 events matched, 0 mismatches, 0 not compared, [1-9]\d* connections cut/);
    expect(output).not.toContain('PROBLEM');
    expect(output).toContain('\nproved\n');
    expect(code).toBe(0);
  });

  it('fails when an event differs, and names it', async () => {
    const { code, output } = await parity([...ALARMS, '--events', '1000000', '--cut', '0'], true);
    expect(output).toMatch(
      /FALSE ALARM: \{"room":"project_[\w-]+","name":"task_updated",.*"kind":"changed","fields":\["title"\]/,
    );
    expect(output).toContain('PROBLEM: 1 false alarms');
    expect(output).toContain('NOT PROVED');
    expect(code).toBe(1);
  });

  it('measures deliveries in pairs, and writes the figures as JSON', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-'));
    const json = join(folder, 'figures.json');
    const sizes = ['--pairs', '1', '--seconds', '0.5', '--clients', '4', '--rooms', '2', '--sample', '50'];
    const { output } = await parity(['--only', 'cost', ...sizes, '--json', json]);
    const figures = JSON.parse(await readFile(json, 'utf8')) as { cost: object[]; ratio: object };
    await rm(folder, { recursive: true });
    expect(output).toMatch(/pair 1 of 1: without p50 .*, with p50 .*; ratio of the p99 \d/);
    expect(figures.cost).toEqual([
      {
        without: expect.objectContaining({ p99: expect.any(Number), matched: 0 }),
        with: expect.objectContaining({ p99: expect.any(Number), mismatches: 0 }),
      },
    ]);
    expect(output).toMatch(/50 % compare, and found [1-9]\d* events equal/);
    expect(figures.ratio).toMatchObject({ p50: { median: expect.any(Number) }, p99: { median: expect.any(Number) } });
  });

  it('does not begin with a wrong option, and says what is wrong', async () => {
    const { code, output } = await parity(['--events', '0']);
    expect(output).toContain('unable to begin; --events must be a whole number of at least 1');
    expect(code).toBe(2);
  });

  it('shows its options', async () => {
    const { code, output } = await parity(['--help']);
    expect(output).toContain('--events n ');
    expect(code).toBe(0);
  });
});
