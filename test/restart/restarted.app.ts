import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../harness/free.port.js';
import { UNLIMITED } from '../harness/unlimited.js';

const ROOT = join(__dirname, '../..');
/** The number of stored output characters. */
const MAX_OUTPUT = 100_000;
const ADDRESS = /^Switchyard is at http:\/\/[^:]+:(\d+)$/m;

/** Runs the application as a process that can be killed and restarted on the same data and port. */
export class RestartedApp {
  private child!: ChildProcess;
  private output = '';
  private listensAt = 0;
  private isListening = false;

  private constructor(
    private readonly environment: Readonly<Record<string, string>>,
    private readonly launcher: readonly string[],
  ) {}

  /**
   * Starts the application from its sources, through the command `launcher` if given; resolves once it listens.
   *
   * @throws Error with its output if it ends before
   */
  static async start(
    environment: Readonly<Record<string, string>>,
    launcher: readonly string[] = [],
  ): Promise<RestartedApp> {
    const app = new RestartedApp(environment, launcher);
    app.listensAt = await freePort();
    await app.again();
    return app;
  }

  get url(): string {
    return `http://127.0.0.1:${this.listensAt}`;
  }

  get port(): number {
    return this.listensAt;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Whether it accepts connections, as far as known. */
  get isUp(): boolean {
    return this.isListening && !this.isGone;
  }

  /** Its output since the last start. */
  get said(): string {
    return this.output;
  }

  /** Sends a signal; the test observes the effect. */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.launcher.length > 0 ? this.launched : this.pid, signal);
  }

  /** The process that the launcher has started. */
  private get launched(): number {
    return Number(readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8'));
  }

  /** Resolves to the exit code or signal of the process. */
  async ended(): Promise<number | NodeJS.Signals> {
    if (!this.isGone) await once(this.child, 'exit');
    this.isListening = false;
    return this.child.signalCode ?? this.child.exitCode!;
  }

  /** Kills the process, by default with SIGKILL, and resolves once it has ended. */
  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.isListening = false;
    if (this.isGone) return;
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    await gone;
  }

  /** Restarts it with the same settings. */
  async again(): Promise<void> {
    const args = ['-r', join(ROOT, 'test/harness/typescript.cjs'), join(ROOT, 'src/main.ts')];
    // Without the variables that Jest sets.
    const { NODE_ENV: _, ...inherited } = process.env;
    this.output = '';
    const env = { ...inherited, PORT: `${this.listensAt}`, ...UNLIMITED, ...this.environment };
    const [program, ...more] = [...this.launcher, process.execPath, ...args];
    this.child = spawn(program!, more, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-MAX_OUTPUT);
      });
    }
    while (!ADDRESS.test(this.output)) {
      await Promise.race([once(this.child.stdout!, 'data'), once(this.child, 'close')]);
      if (this.isGone) throw new Error(this.output);
    }
    this.listensAt = Number(ADDRESS.exec(this.output)![1]);
    this.isListening = true;
  }

  private get isGone(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
