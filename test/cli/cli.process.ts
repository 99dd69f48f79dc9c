import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ADMIN_TOKEN } from '../harness/admin.token.js';
import { until } from '../harness/until.js';

const ROOT = join(__dirname, '../..');
/** The command line as `npx switchyard` runs it. */
const PROGRAM = join(ROOT, 'migration/bin/switchyard.mjs');

/** What a command left. */
export interface CliResult {
  code: number | null;
  out: string;
  err: string;
}

/** The environment of a command: nothing of the test's own but the way to programs. */
export const environment = (url: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: process.env.PATH!,
  SWITCHYARD_URL: url,
  ADMIN_TOKEN,
  SWITCHYARD_ACTOR: 'ada',
  ...more,
});

/** A command that runs, with what it has written so far. */
export class CliProcess {
  out = '';
  err = '';
  private readonly ended: Promise<[number | null]>;

  constructor(private readonly child: ChildProcess) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.ended = once(child, 'close') as Promise<[number | null]>;
  }

  /** Waits for a text on stdout or stderr. */
  async shows(text: string): Promise<void> {
    await until(`"${text}"`, () => `${this.out}${this.err}`.includes(text) || this.ending());
    if (!`${this.out}${this.err}`.includes(text)) throw new Error(`it ended without "${text}": ${this.out}${this.err}`);
  }

  /** Types an answer once its question is shown. */
  answer(answers: Readonly<Record<string, string>>): void {
    const open = new Map(Object.entries(answers));
    this.child.stdout!.on('data', () => {
      for (const [question, text] of open) {
        if (this.out.includes(question) && open.delete(question)) this.type(text);
      }
    });
  }

  type(text: string): void {
    this.child.stdin!.write(text);
  }

  endInput(): void {
    this.child.stdin!.end();
  }

  /** Stops reading its results, as `head` does. */
  closeOutput(): void {
    this.child.stdout!.destroy();
  }

  /** Stops reading its errors and remarks. */
  closeErrors(): void {
    this.child.stderr!.destroy();
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async result(): Promise<CliResult> {
    const [code] = await this.ended;
    return { code, out: this.out, err: this.err };
  }

  private ending(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

/** Starts a command with pipes instead of a terminal. */
export function startCli(url: string, args: readonly string[], more?: Readonly<Record<string, string>>): CliProcess {
  return new CliProcess(spawn(process.execPath, [PROGRAM, ...args], { cwd: ROOT, env: environment(url, more) }));
}

/** Runs a command to its end, without any input. */
export function cli(url: string, args: readonly string[], more?: Readonly<Record<string, string>>): Promise<CliResult> {
  const started = startCli(url, args, more);
  started.endInput();
  return started.result();
}

const quoted = (args: readonly string[]) => args.map((arg) => `'${arg.replaceAll("'", String.raw`'\''`)}'`).join(' ');
const NODE_PROGRAM = [process.execPath, PROGRAM];

/** Starts a line of a shell in a terminal, which shows stdout and stderr together; needs `script` of util-linux. */
function startShell(url: string, line: string, more?: Readonly<Record<string, string>>): CliProcess {
  const env = environment(url, { TERM: 'xterm-256color', SHELL: '/bin/sh', ...more });
  return new CliProcess(spawn('script', ['-qec', line, '/dev/null'], { cwd: ROOT, env }));
}

/** Starts a command in a terminal. */
export function startInTerminal(
  url: string,
  args: readonly string[],
  more?: Readonly<Record<string, string>>,
): CliProcess {
  return startShell(url, quoted([...NODE_PROGRAM, ...args]), more);
}

/** Starts a line of a page, `npx switchyard …`, in a terminal. @throws Error for another program */
export function startLineInTerminal(url: string, line: string): CliProcess {
  const command = /^npx switchyard (.+)$/.exec(line)?.[1];
  if (command === undefined) throw new Error(`unable to run "${line}"; it is not npx switchyard`);
  return startShell(url, `${quoted(NODE_PROGRAM)} ${command}`);
}
