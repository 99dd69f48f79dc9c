import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { LineSplitter } from './line.splitter.js';

/** What is run, and with what; no shell sees any of it. */
export interface ProgramCall {
  program: string;
  args: readonly string[];
  cwd: string;
  /** Added to the few variables that every program gets; nothing else of this process's environment is passed on. */
  env?: Readonly<Record<string, string>>;
}

/** Who reads what a program writes. */
export interface ProgramReaders {
  /** Each line as it comes; without it the bytes of stdout are `SupervisedProcess.stdout`. */
  stdout?(line: string): void;
  stderr(line: string): void;
}

/** How a program ended. */
export interface ProgramExit {
  /** The exit code; 128 and the signal's number for one that a signal ended, as shells say it, 127 if it never began. */
  code: number;
  /** Why it never began. */
  error?: string;
}

type GuardMessage = { pid: number } | { error: string };

const GUARD = join(__dirname, 'process.guard.mjs');
/** What a program needs to find its way; secrets of this process stay in it. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TEMP', 'SystemRoot'];

/** A program that runs in a process group of its own, and of which nothing is left when it has ended. */
export class SupervisedProcess {
  /** Resolves to the program's process id; to undefined when it could not be started. */
  readonly started: Promise<number | undefined>;
  /** Resolves once the program has ended, its group is gone and all that wrote was read; never rejects. */
  readonly exited: Promise<ProgramExit>;
  private readonly child: ChildProcess;
  private over = false;
  private error: string | undefined;

  constructor(
    call: ProgramCall,
    readers: ProgramReaders,
    private readonly graceMs: number,
  ) {
    this.child = spawn(process.execPath, [GUARD, call.program, ...call.args], {
      cwd: call.cwd,
      env: { ...passedOn(), ...call.env },
      detached: true,
      stdio: [readers.stdout ? 'ignore' : 'pipe', 'pipe', 'pipe', 'ipc'],
    });
    // A program that is gone reads no more; that it is gone is told by its end.
    this.child.stdin?.on('error', () => undefined);
    const told = new Promise<GuardMessage>((resolve) => this.child.once('message', resolve));
    const ended = this.ended();
    this.started = Promise.race([told, ended]).then((message) => ('pid' in message ? message.pid : undefined));
    void told.then((message) => 'error' in message && (this.error = message.error));
    const read = [this.lines(this.child.stderr!, readers.stderr)];
    if (readers.stdout) read.push(this.lines(this.child.stdout!, readers.stdout));
    this.exited = ended.then(async (exit) => {
      await this.drained(read);
      return { ...exit, ...(this.error !== undefined && { error: this.error }) };
    });
  }

  /** What the program reads; there is one only where nobody reads lines of stdout. */
  get stdin(): Writable | null {
    return this.child.stdin;
  }

  get stdout(): Readable {
    return this.child.stdout!;
  }

  /** Asks the program to end, and kills its whole group when it has not within the grace. */
  async terminate(): Promise<ProgramExit> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.kill(), this.graceMs);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }

  /** Kills the program and everything it started, at once. */
  kill(): void {
    this.signal('SIGKILL');
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.over || this.child.pid === undefined) return;
    this.signalGroup(signal);
  }

  private signalGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.child.pid!, signal);
    } catch {
      // Nobody is left in the group.
    }
  }

  private ended(): Promise<ProgramExit> {
    return new Promise((resolve) => {
      this.child.on('error', ({ message }) => {
        this.over = true;
        this.error = message;
        resolve({ code: 127 });
      });
      this.child.once('exit', (code, signal) => {
        this.over = true;
        // What the program started and did not wait for goes with it.
        this.signalGroup('SIGKILL');
        resolve({ code: code ?? 128 + constants.signals[signal!] });
      });
    });
  }

  /** Waits until all is read, but not for those who left the group and keep hold of what they inherited. */
  private async drained(read: readonly Promise<void>[]): Promise<void> {
    // Between the two, what was written in time is read even by a process that was held up.
    const timer = setTimeout(() => setImmediate(() => this.hangUp()), this.graceMs);
    await Promise.all(read);
    clearTimeout(timer);
  }

  private hangUp(): void {
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

function passedOn(): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
