import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Processes } from './index.js';
import { until } from '../../test/harness/until.js';

const node = (script: string, ...args: string[]) => ({
  program: process.execPath,
  args: ['-e', script, ...args],
  cwd: process.cwd(),
});

/** Whether the process runs; a zombie does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Resolves once the process is gone; only its parent gets a signal of its end. */
async function gone(pid: number): Promise<void> {
  await until(`the end of ${pid}`, () => !isAlive(pid));
}

describe('a supervised program', () => {
  const processes = new Processes();
  afterEach(() => processes.beforeApplicationShutdown());

  function start(call: ReturnType<typeof node> & { env?: Record<string, string> }) {
    const lines: string[] = [];
    let onLine = (_line: string): void => undefined;
    const read = (stream: string) => (line: string) => {
      lines.push(`${stream} ${line}`);
      onLine(line);
    };
    const program = processes.start(call, { stdout: read('out'), stderr: read('err') });
    const says = (wanted: string) =>
      new Promise<string>((resolve) => (onLine = (line) => line.startsWith(wanted) && resolve(line)));
    return { lines, program, says };
  }

  it('passes on its output line by line, and how it ended', async () => {
    const { lines, program } = start(node(`console.log('a\\nb'); console.error('c'); process.exitCode = 3`));
    expect(await program.exited).toEqual({ code: 3 });
    expect(lines.filter((line) => line.startsWith('out'))).toEqual(['out a', 'out b']);
    expect(lines).toContain('err c');
    expect(processes.size).toBe(0);
  });

  it('gets its arguments unchanged, and no secret of our environment', async () => {
    process.env.A_SECRET = 'secret';
    const args = ['$HOME', '; touch /tmp/x', '`id`', '--flag', 'a b'];
    const script = 'console.log(JSON.stringify([process.argv.slice(1), process.env.A_SECRET, process.env.GIVEN]))';
    const { lines, program } = start({ ...node(script, '--', ...args), env: { GIVEN: 'given' } });
    await program.exited;
    delete process.env.A_SECRET;
    expect(lines).toEqual([`out ${JSON.stringify([args, null, 'given'])}`]);
  });

  it('reports why it could not be started', async () => {
    const missing = start({ program: 'no-such-program', args: [], cwd: process.cwd() });
    expect(await missing.program.started).toBeUndefined();
    expect(await missing.program.exited).toEqual({ code: 127, error: expect.stringContaining('ENOENT') });
    const nowhere = start({ ...node(''), cwd: '/no/such/folder' });
    expect(await nowhere.program.exited).toEqual({ code: 127, error: expect.stringContaining('ENOENT') });
  });

  it('may end by itself after the first signal', async () => {
    const { program, says } = start(
      node(`process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1e6); console.log('ready')`),
    );
    await says('ready');
    expect(await program.terminate()).toEqual({ code: 7 });
  });

  it('is killed with its children when it does not end', async () => {
    const stubborn = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6);`;
    const { program, says } = start(
      node(`${stubborn}
        const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(
          `${stubborn} console.log('grandchild ' + process.pid)`,
        )}], { stdio: 'inherit' });`),
    );
    const grandchild = Number((await says('grandchild')).split(' ')[1]);
    const began = performance.now();
    expect(await program.terminate()).toEqual({ code: 137 });
    expect(performance.now() - began).toBeGreaterThanOrEqual(990);
    await gone(grandchild);
    await gone((await program.started)!);
  });

  it('leaves no child behind that it did not wait for', async () => {
    const { lines, program } = start(
      node(`const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'inherit' });
        child.once('spawn', () => { console.log(child.pid); process.exit(0); });`),
    );
    expect(await program.exited).toEqual({ code: 0 });
    await gone(Number(lines[0]!.split(' ')[1]));
  });

  it('is over when it has ended, though a child in another group still holds its output', async () => {
    const { lines, program } = start(
      node(`const sleeper = ['-e', 'setInterval(() => {}, 1e6)'];
        const child = require('node:child_process').spawn(process.execPath, sleeper, { stdio: 'inherit', detached: true });
        child.once('spawn', () => { console.log(child.pid); process.exit(0); });`),
    );
    expect(await program.exited).toEqual({ code: 0 });
    process.kill(Number(lines[0]!.split(' ')[1]), 'SIGKILL');
  });

  // The last two do not end a Node.js program, and the guard is one.
  it.each([
    ['SIGKILL', 137],
    ['SIGTERM', 143],
    ['SIGPIPE', 141],
    ['SIGUSR1', 138],
  ])('reports %s by the exit code that shells use', async (signal, code) => {
    const { program, says } = start({ program: 'sh', args: ['-c', 'echo ready; exec sleep 1000'], cwd: process.cwd() });
    await says('ready');
    process.kill((await program.started)!, signal);
    expect(await program.exited).toEqual({ code });
  });

  it('ends when its supervisor is killed', async () => {
    const guard = join(__dirname, 'process.guard.mjs');
    const program = `console.log(process.pid); setInterval(() => {}, 1e6)`;
    // The supervisor of this test is a process that can be killed.
    const supervisor = spawn(process.execPath, [
      '-e',
      `require('node:child_process').spawn(process.execPath, ${JSON.stringify([guard, process.execPath, '-e', program])},
        { detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })`,
    ]);
    const pid = Number(await new Promise<Buffer>((resolve) => supervisor.stdout.once('data', resolve)));
    expect(isAlive(pid)).toBe(true);
    supervisor.kill('SIGKILL');
    await gone(pid);
  });
});
