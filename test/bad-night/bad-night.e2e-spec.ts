import { runScript } from '../process/script.run.js';
import { readOptions } from './night.options.js';

// Starts an application and its load as separate processes, twice.
jest.setTimeout(240_000);

const badNight = (args: readonly string[]) => runScript('bad-night', args);

const SMALL = ['--clients', '10', '--rooms', '3', '--after', '1', '--seed', '1'];

describe('npm run bad-night', () => {
  it('follows every client back to the old wire and to the new one again', async () => {
    const { code, output } = await badNight([...SMALL, '--within', '60000']);
    expect(output).toContain('lost 0, duplicated 0, reordered 0, snapshots 0');
    expect(output).toMatch(/when the wire died: .*[1-9] subscribed on socketio/);
    expect(output).toMatch(/the last \d+ ms; 1\.00 connection attempts each/);
    expect(output).toMatch(/requests, outage: socketio [1-9]\d* \([1-9]\d* failed\); legacy 0/);
    expect(output).toMatch(/requests, after: socketio 0;/);
    expect(output).not.toContain('PROBLEM');
    expect(code).toBe(0);
  });

  it('fails when clients come back too late', async () => {
    const { code, output } = await badNight([...SMALL, '--within', '0']);
    expect(output).toMatch(/PROBLEM: [1-9]\d* clients were not back within 0 ms/);
    expect(code).toBe(1);
  });

  it('does not begin with an invalid option', async () => {
    const { code, output } = await badNight(['--clients', '2', '--rooms', '3']);
    expect(output).toContain('unable to begin; --rooms must be a whole number of at least 1 up to 2');
    expect(code).toBe(2);
  });

  it.each([
    [['--percent', '101'], '--percent must be a whole number of at least 1 up to 100'],
    [['--death', 'slow'], '--death must be one of refuse, hang, silence'],
    [['--trip', 'never'], '--trip must be one of automatic, manual'],
  ])('refuses the options %j', (args, reason) => {
    expect(() => readOptions(args)).toThrow(`unable to begin; ${reason}`);
  });
});
