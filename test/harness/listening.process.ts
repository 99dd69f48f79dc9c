import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(__dirname, '../..');

/** A server of a test as a process of its own, which prints `listening on {port}`. */
export class ListeningProcess {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
  ) {}

  /** Starts a script with a Python that has the library websockets. @throws Error when it ends before it listens */
  static python(script: string): Promise<ListeningProcess> {
    const program = process.env.PYTHON_PATH;
    if (!program) throw new Error('unable to start Python; run the tests with npm test, which finds it');
    return ListeningProcess.start(program, [script], { PYTHONDONTWRITEBYTECODE: '1' });
  }

  /** Starts a program in TypeScript. @throws Error when it ends before it listens */
  static typescript(program: string, environment: Readonly<Record<string, string>>): Promise<ListeningProcess> {
    const loader = join(__dirname, 'typescript.cjs');
    return ListeningProcess.start(process.execPath, ['-r', loader, program], environment);
  }

  private static async start(
    program: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<ListeningProcess> {
    const env = { PATH: process.env.PATH, ...environment };
    const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      const [, port] = /^listening on (\d+)/.exec(line) ?? [];
      if (port === undefined) continue;
      child.stdout.resume();
      return new ListeningProcess(Number(port), child);
    }
    throw new Error(`unable to start ${args.at(-1)}; it said ${lines.join(' | ')}`);
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
