import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { extname, join } from 'node:path';
import type { CutDocument, DocumentRequest } from '../cut.document.js';
import { ReadingFailure } from '../reading.failure.js';
import type { ReadingMessage } from './reading.message.js';
import type { ReadingSettings } from './reading.settings.js';

/** Beside this file, and compiled or not as it is. */
const PROGRAM = join(__dirname, `reading.program${extname(__filename)}`);
/** Of the memory a process may take, so much is for objects; the rest is for bytes and code. */
const HEAP_PART = 0.75;
/** A process that still holds more than this part of its memory after a document is replaced. */
const WORN_PART = 0.5;
const LOOK_MS = 50;
const MAX_OUTPUT = 2000;
/** What the system needs of the environment to start a process; nothing secret goes to one that reads foreign files. */
const PASSED_ON = ['PATH', 'SystemRoot', 'TMPDIR', 'TEMP', 'TZ'];

/**
 * The arguments of node by which a program may be loaded that is not compiled. No others: an `--eval` that is handed on
 * would have each process start what started it.
 */
function loadersIn(execArgv: readonly string[]): string[] {
  const takes = (argument: string | undefined) => /^(-r|--require|--import|--loader)$/.test(argument ?? '');
  return execArgv.filter(
    (argument, at) => takes(argument) || takes(execArgv[at - 1]) || /^--(require|import|loader)=/.test(argument),
  );
}

/** A document that is being read. */
interface Reading {
  resolve(document: CutDocument): void;
  reject(failure: ReadingFailure): void;
}

/** A process that reads one document after another, and is killed when one takes too much time or memory. */
export class ReadingProcess {
  private readonly child: ChildProcess;
  /** Resolves when the process has begun, or has ended before that. */
  private readonly ready: Promise<void>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  private reading: Reading | undefined;
  /** Why it is being killed. */
  private verdict: ReadingFailure | undefined;
  private isEnding = false;
  private output = '';

  constructor(private readonly settings: Pick<ReadingSettings, 'timeoutMs' | 'memoryMb'>) {
    const heap = `--max-old-space-size=${Math.floor(settings.memoryMb * HEAP_PART)}`;
    this.child = fork(PROGRAM, [String(process.pid)], {
      execArgv: [...loadersIn(process.execArgv), heap],
      env: Object.fromEntries(PASSED_ON.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : []))),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const { child } = this;
    let begin = (): void => undefined;
    this.ready = new Promise((resolve) => (begin = resolve));
    child.on('message', (message: ReadingMessage) => (message.event === 'ready' ? begin() : this.hear(message)));
    child.stderr?.on('data', (text: Buffer) => (this.output = (this.output + text.toString()).slice(-MAX_OUTPUT)));
    this.ended = new Promise((resolve) => {
      const end = (failure: ReadingFailure) => {
        this.isEnding = true;
        this.fail(this.verdict ?? failure);
        begin();
        resolve();
      };
      child.once('exit', (_code, signal) => end(this.failureOf(signal)));
      child.once('error', (cause) => end(new ReadingFailure('interrupted', 'its reader cannot be started', { cause })));
    });
    // What has nothing to do keeps nobody from ending.
    child.unref();
    child.channel?.unref();
    if (child.stderr instanceof Socket) child.stderr.unref();
  }

  /** Whether it can take another document. */
  get isUsable(): boolean {
    return !this.isEnding && (this.residentMb() ?? 0) <= this.settings.memoryMb * WORN_PART;
  }

  /** Reads a document; only one at a time. @throws ReadingFailure */
  async read(request: DocumentRequest): Promise<CutDocument> {
    const outcome = new Promise<CutDocument>((resolve, reject) => (this.reading = { resolve, reject }));
    // Nobody waits for it yet while the process starts.
    outcome.catch(() => undefined);
    await this.ready;
    const { timeoutMs, memoryMb } = this.settings;
    const late = setTimeout(() => this.giveUp(`it takes longer than ${timeoutMs / 1000} s to read`), timeoutMs);
    const look = setInterval(() => {
      if ((this.residentMb() ?? 0) > memoryMb) this.giveUp(`it takes more than ${memoryMb} MB of memory to read`);
    }, LOOK_MS);
    try {
      if (!this.isEnding)
        this.child.send(request, (error) => {
          if (error) void this.kill();
        });
      return await outcome;
    } finally {
      clearTimeout(late);
      clearInterval(look);
    }
  }

  /** Ends the process, whatever it does. */
  kill(): Promise<void> {
    this.isEnding = true;
    this.child.kill('SIGKILL');
    return this.ended;
  }

  private hear(message: Exclude<ReadingMessage, { event: 'ready' }>): void {
    const { reading } = this;
    if (message.event === 'failed') {
      return this.fail(new ReadingFailure(message.kind, message.message, { cause: message.cause }));
    }
    this.reading = undefined;
    reading?.resolve(message.document);
  }

  private fail(failure: ReadingFailure): void {
    const { reading } = this;
    this.reading = undefined;
    reading?.reject(failure);
  }

  private giveUp(reason: string): void {
    this.verdict ??= new ReadingFailure('too_complex', reason);
    void this.kill();
  }

  /** What the end of the process says about the document that it was reading. */
  private failureOf(signal: NodeJS.Signals | null): ReadingFailure {
    const cause = this.output.trim() || undefined;
    // How V8 ends when its heap is full.
    if (signal === 'SIGABRT') return new ReadingFailure('too_complex', 'it takes too much memory to read', { cause });
    if (signal === 'SIGKILL' || signal === 'SIGTERM') return new ReadingFailure('interrupted', 'its reader was ended');
    return new ReadingFailure('unreadable', 'its reader fails on it', { cause });
  }

  /** The memory the process takes, where the system tells (Linux). */
  private residentMb(): number | undefined {
    try {
      const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8')) ?? [];
      return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
    } catch {
      return undefined;
    }
  }
}
