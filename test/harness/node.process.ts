import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { UNLIMITED } from './unlimited.js';

const ROOT = resolve(__dirname, '../..');

/** Runs the application from its sources as a separate process, on a free port and with its own data folder. */
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

  /** Kills the process and removes its data. */
  async close(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await exit;
    }
    await rm(this.data, { recursive: true, force: true });
  }

  /** Stops the process until `resume`, like a suspended machine. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  /** Continues a stopped process. */
  resume(): void {
    this.child.kill('SIGCONT');
  }
}
