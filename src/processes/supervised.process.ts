import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { LineSplitter } from './line.splitter.js';

/** A program and its arguments, run without a shell. */
export interface ProgramCall {
  program: string;
  args: readonly string[];
  cwd: string;
  /** Variables in addition to the few inherited ones; the rest of this process's environment is hidden. */
  env?: Readonly<Record<string, string>>;
}

/** The readers of a program's output. */
export interface ProgramReaders {
  /** Receives each line; without it, `SupervisedProcess.stdout` has the bytes. */
  stdout?(line: string): void;
  stderr(line: string): void;
}

/** How a program ended. */
export interface ProgramExit {
  /** The exit code as in shells: 128 plus the signal's number after a signal, 127 if the program did not start. */
  code: number;
  /** Why the program did not start. */
  error?: string;
}

type GuardMessage = { pid: number } | { error: string };

const GUARD = join(__dirname, 'process.guard.mjs');
/** The inherited environment variables; secrets of this process are not among them. */
const INHERITED_VARIABLES = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TEMP', 'SystemRoot'];

/** Runs a program in its own process group, which ends with it. */
export class SupervisedProcess {
  /** Resolves to the process id, or to undefined when the program did not start. */
  readonly started: Promise<number | undefined>;
  /** Resolves when the program and its group have ended and their output is read; never rejects. */
  readonly exited: Promise<ProgramExit>;
  private readonly child: ChildProcess;
  private hasEnded = false;
  private error: string | undefined;

  constructor(
    call: ProgramCall,
    readers: ProgramReaders,
    private readonly graceMs: number,
  ) {
    this.child = spawn(process.execPath, [GUARD, call.program, ...call.args], {
      cwd: call.cwd,
      env: { ...inheritedEnvironment(), ...call.env },
      detached: true,
      stdio: [readers.stdout ? 'ignore' : 'pipe', 'pipe', 'pipe', 'ipc'],
    });
    // Writing to an ended program fails; `exited` reports the end.
    this.child.stdin?.on('error', () => undefined);
    const reported = new Promise<GuardMessage>((resolve) => this.child.once('message', resolve));
    const ended = this.ended();
    this.started = Promise.race([reported, ended]).then((message) => ('pid' in message ? message.pid : undefined));
    void reported.then((message) => 'error' in message && (this.error = message.error));
    const read = [this.lines(this.child.stderr!, readers.stderr)];
    if (readers.stdout) read.push(this.lines(this.child.stdout!, readers.stdout));
    this.exited = ended.then(async (exit) => {
      await this.drained(read);
      return { ...exit, ...(this.error !== undefined && { error: this.error }) };
    });
  }

  /** The program's input; null when lines of stdout are read. */
  get stdin(): Writable | null {
    return this.child.stdin;
  }

  /** The program's output in bytes. */
  get stdout(): Readable {
    return this.child.stdout!;
  }

  /** Sends SIGTERM, and kills the group after the grace period. */
  async terminate(): Promise<ProgramExit> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.kill(), this.graceMs);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }

  /** Kills the program and its group at once. */
  kill(): void {
    this.signal('SIGKILL');
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.hasEnded || this.child.pid === undefined) return;
    this.signalGroup(signal);
  }

  private signalGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.child.pid!, signal);
    } catch {
      // The group is empty.
    }
  }

  private ended(): Promise<ProgramExit> {
    return new Promise((resolve) => {
      this.child.on('error', ({ message }) => {
        this.hasEnded = true;
        this.error = message;
        resolve({ code: 127 });
      });
      this.child.once('exit', (code, signal) => {
        this.hasEnded = true;
        // Children that the program did not wait for end with it.
        this.signalGroup('SIGKILL');
        resolve({ code: code ?? 128 + constants.signals[signal!] });
      });
    });
  }

  /** Waits until the output is read, but not for processes that left the group and hold the pipe open. */
  private async drained(read: readonly Promise<void>[]): Promise<void> {
    // After a blocked event loop, the immediate lets pending output be read before the pipes are closed.
    const timer = setTimeout(() => setImmediate(() => this.closeOutput()), this.graceMs);
    await Promise.all(read);
    clearTimeout(timer);
  }

  private closeOutput(): void {
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
  }

  private lines(stream: Readable, line: (text: string) => void): Promise<void> {
    const splitter = new LineSplitter(line);
    return new Promise((resolve) => {
      stream.on('data', (bytes: Buffer) => splitter.write(bytes));
      stream.once('close', () => {
        splitter.end();
        resolve();
      });
    });
  }
}

function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    INHERITED_VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
