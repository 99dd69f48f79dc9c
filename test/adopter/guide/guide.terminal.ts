import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import type { GuideLine } from './guide.block.js';
import { GuideFault } from './guide.fault.js';
import { comparePrinted, isOpenEnded } from './printed.lines.js';

/** How long a terminal may take to print its next line, in milliseconds. */
const PATIENCE_MS = 30_000;

/** A terminal in which a program goes on running. */
export class GuideTerminal {
  private readonly printed: string[] = [];
  private wake: () => void = () => undefined;
  private hasEnded = false;
  private shown: readonly GuideLine[] = [];
  private at = 0;

  private constructor(private readonly child: ChildProcess) {
    const streams = [child.stdout!, child.stderr!].map((input) => createInterface({ input }));
    for (const lines of streams)
      lines.on('line', (line) => {
        this.printed.push(line);
        this.wake();
      });
    void Promise.all(streams.map((lines) => once(lines, 'close'))).then(() => {
      this.hasEnded = true;
      this.wake();
    });
  }

  static start(command: string, cwd: string, env: NodeJS.ProcessEnv): GuideTerminal {
    // The program itself gets the signals, not a shell before it.
    const [, variables = '', program = ''] = /^((?:\w+=\S* )*)(.*)$/.exec(command)!;
    return new GuideTerminal(spawn('sh', ['-c', `${variables}exec ${program}`], { cwd, env }));
  }

  /** Waits until it has printed what the guide shows. @throws GuideFault */
  async expect(at: number, shown: readonly GuideLine[]): Promise<void> {
    const before = isOpenEnded(this.shown) ? this.shown.slice(-1) : [];
    this.shown = [...before, ...shown];
    this.at = at;
    await comparePrinted(this.shown, () => this.next());
  }

  /** Ends the program as Ctrl-C does. @throws GuideFault when it has printed more than the guide shows */
  async stop(): Promise<void> {
    const [more] = isOpenEnded(this.shown) ? [] : this.printed;
    await this.end();
    if (more !== undefined) throw new GuideFault(this.shown.at(-1)?.at ?? this.at, `"${more}" is printed after this`);
  }

  /** Ends the program, whatever it has printed. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGINT');
    const cut = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(cut);
  }

  private async next(): Promise<string | undefined> {
    const late = new AbortController();
    const timeout = pause(PATIENCE_MS, 'late', { signal: late.signal }).catch(() => 'in time');
    try {
      while (this.printed.length === 0 && !this.hasEnded) {
        const woken = new Promise<string>((resolve) => (this.wake = () => resolve('woken')));
        if ((await Promise.race([woken, timeout])) === 'late') return undefined;
      }
      return this.printed.shift();
    } finally {
      late.abort();
    }
  }
}
