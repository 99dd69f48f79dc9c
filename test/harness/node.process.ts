import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { UNLIMITED } from './unlimited.js';

const ROOT = resolve(__dirname, '../..');

/** The application as a process of its own, from its sources, on a free port and with a data folder of its own. */
export class NodeProcess {
  private constructor(
    readonly url: string,
    private readonly data: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(environment: Readonly<Record<string, string>>): Promise<NodeProcess> {
    const data = await mkdtemp(join(tmpdir(), 'switchyard-'));
    const child = spawn(process.execPath, ['-r', './test/harness/typescript.cjs', 'src/main.ts'], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, DATA_DIR: data, PORT: '0', LOG_LEVEL: 'error', ...UNLIMITED, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      const [, url] = /^Switchyard is at (\S+)/.exec(line) ?? [];
      if (url === undefined) continue;
      child.stdout.resume();
      return new NodeProcess(url, data, child);
    }
    throw new Error(`unable to start the application; it said ${lines.join(' | ')}`);
  }

  /** Ends the process without warning, and removes its data. */
  async close(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await exit;
    }
    await rm(this.data, { recursive: true, force: true });
  }

  /** Stops the process where it is until `resume`, as a machine that is suspended would. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  /** Lets a frozen process go on. */
  resume(): void {
    this.child.kill('SIGCONT');
  }
}
