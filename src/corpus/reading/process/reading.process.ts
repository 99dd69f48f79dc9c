import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { extname, join } from 'node:path';
import type { CutDocument, DocumentRequest } from '../cut.document.js';
import { ReadingFailure } from '../reading.failure.js';
import type { ReadingMessage } from './reading.message.js';
import type { ReadingSettings } from './reading.settings.js';

/** The program next to this file, with the same extension. */
const PROGRAM = join(__dirname, `reading.program${extname(__filename)}`);
/** The share of a process's memory for the heap; the rest is for buffers and code. */
const HEAP_SHARE = 0.75;
/** A process that holds more than this share of its memory after a document is replaced. */
const MAX_IDLE_SHARE = 0.5;
const MEMORY_CHECK_MS = 50;
const MAX_OUTPUT = 2000;
/** The inherited environment variables; a process that reads untrusted files gets no secrets. */
const INHERITED_VARIABLES = ['PATH', 'SystemRoot', 'TMPDIR', 'TEMP', 'TZ'];

/**
 * Returns the node arguments that load TypeScript sources.
 *
 * Others are dropped: with an inherited `--eval`, each process would start its parent's program.
 */
function loadersIn(execArgv: readonly string[]): string[] {
  const takes = (argument: string | undefined) => /^(-r|--require|--import|--loader)$/.test(argument ?? '');
  return execArgv.filter(
    (argument, at) => takes(argument) || takes(execArgv[at - 1]) || /^--(require|import|loader)=/.test(argument),
  );
}

/** The callbacks for the document being read. */
interface PendingReading {
  resolve(document: CutDocument): void;
  reject(failure: ReadingFailure): void;
}

/** Reads documents one by one in a child process, which is killed when one takes too much time or memory. */
export class ReadingProcess {
  private readonly child: ChildProcess;
  /** Resolves when the process is ready, or has ended before. */
  private readonly ready: Promise<void>;
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  private pending: PendingReading | undefined;
  /** Why the process is being killed. */
  private killReason: ReadingFailure | undefined;
  private isEnding = false;
  private output = '';

  constructor(private readonly settings: Pick<ReadingSettings, 'timeoutMs' | 'memoryMb'>) {
    const heap = `--max-old-space-size=${Math.floor(settings.memoryMb * HEAP_SHARE)}`;
    this.child = fork(PROGRAM, [String(process.pid)], {
      execArgv: [...loadersIn(process.execArgv), heap],
      env: Object.fromEntries(
        INHERITED_VARIABLES.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])),
      ),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const { child } = this;
    let begin = (): void => undefined;
    this.ready = new Promise((resolve) => (begin = resolve));
    child.on('message', (message: ReadingMessage) => (message.event === 'ready' ? begin() : this.settle(message)));
    child.stderr?.on('data', (text: Buffer) => (this.output = (this.output + text.toString()).slice(-MAX_OUTPUT)));
    this.ended = new Promise((resolve) => {
      const end = (failure: ReadingFailure) => {
        this.isEnding = true;
        this.fail(this.killReason ?? failure);
        begin();
        resolve();
      };
      child.once('exit', (_code, signal) => end(this.failureOf(signal)));
      child.once('error', (cause) => end(new ReadingFailure('interrupted', 'its reader cannot be started', { cause })));
    });
    // An idle process must not keep this one alive.
    child.unref();
    child.channel?.unref();
    if (child.stderr instanceof Socket) child.stderr.unref();
  }

  /** Tells whether the process can read another document. */
  get isUsable(): boolean {
    return !this.isEnding && (this.residentMb() ?? 0) <= this.settings.memoryMb * MAX_IDLE_SHARE;
  }

  /** Reads a document; only one at a time. @throws ReadingFailure */
  async read(request: DocumentRequest): Promise<CutDocument> {
    const outcome = new Promise<CutDocument>((resolve, reject) => (this.pending = { resolve, reject }));
    // While the process starts, nothing else handles a rejection.
    outcome.catch(() => undefined);
    await this.ready;
    const { timeoutMs, memoryMb } = this.settings;
    const late = setTimeout(() => this.killFor(`it takes longer than ${timeoutMs / 1000} s to read`), timeoutMs);
    const look = setInterval(() => {
      if ((this.residentMb() ?? 0) > memoryMb) this.killFor(`it takes more than ${memoryMb} MB of memory to read`);
    }, MEMORY_CHECK_MS);
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

  /** Kills the process. */
  kill(): Promise<void> {
    this.isEnding = true;
    this.child.kill('SIGKILL');
    return this.ended;
  }

  private settle(message: Exclude<ReadingMessage, { event: 'ready' }>): void {
    const { pending } = this;
    if (message.event === 'failed') {
      return this.fail(new ReadingFailure(message.kind, message.message, { cause: message.cause }));
    }
    this.pending = undefined;
    pending?.resolve(message.document);
  }

  private fail(failure: ReadingFailure): void {
    const { pending } = this;
    this.pending = undefined;
    pending?.reject(failure);
  }

  private killFor(reason: string): void {
    this.killReason ??= new ReadingFailure('too_complex', reason);
    void this.kill();
  }

  /** Derives the failure of the current document from the end of the process. */
  private failureOf(signal: NodeJS.Signals | null): ReadingFailure {
    const cause = this.output.trim() || undefined;
    // V8 aborts when its heap is full.
    if (signal === 'SIGABRT') return new ReadingFailure('too_complex', 'it takes too much memory to read', { cause });
    if (signal === 'SIGKILL' || signal === 'SIGTERM') return new ReadingFailure('interrupted', 'its reader was ended');
    return new ReadingFailure('unreadable', 'its reader fails on it', { cause });
  }

  /** The resident memory of the process; only known on Linux. */
  private residentMb(): number | undefined {
    try {
      const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8')) ?? [];
      return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
    } catch {
      return undefined;
    }
  }
}
