import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A server in Python as a process of its own, which prints the port that it listens on. */
export class PythonProcess {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  /** Starts a script on a free port, with a Python that has the library websockets. @throws Error when it ends before it listens */
  static async start(script: string): Promise<PythonProcess> {
    const program = process.env.PYTHON_PATH;
    if (!program) throw new Error('unable to start Python; run the tests with npm test, which finds it');
    const env = { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1' };
    const child = spawn(program, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      const [, port] = /^listening on (\d+)/.exec(line) ?? [];
      if (port === undefined) continue;
      child.stdout.resume();
      return new PythonProcess(Number(port), child);
    }
    throw new Error(`unable to start ${script}; it said ${lines.join(' | ')}`);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Kills the process, as the lack of memory does. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}
