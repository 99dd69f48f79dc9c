import { join } from 'node:path';
import { Writable } from 'node:stream';
import { ROOT } from '../readme/pages.js';
import { environment, type CliResult } from './cli.process.js';

interface Program {
  runProgram(args: readonly string[]): Promise<number>;
}

/** What a command writes; no terminal. */
class Written extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A command has the process for itself. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a command to its end as `cli` does, but in the test's own process: most of the time of a short command is the start
 * of its process. What signals, terminals and pipes do to a command is for `cli.process`.
 */
export function cliHere(
  url: string,
  args: readonly string[],
  more?: Readonly<Record<string, string>>,
): Promise<CliResult> {
  const result = last.then(() => run(args, environment(url, more)));
  last = result.catch(() => undefined);
  return result;
}

async function run(args: readonly string[], env: Record<string, string>): Promise<CliResult> {
  const { runProgram } = (await import(join(ROOT, 'migration/src/program.mjs'))) as Program;
  const [out, err] = [new Written(), new Written()];
  // Jest's copy of `process`, which only this test file has.
  const restore = [replaced('stdout', out), replaced('stderr', err), replaced('env', env)];
  const listening = process.listeners('SIGINT');
  try {
    const code = await runProgram(args);
    return { code, out: out.text, err: err.text };
  } finally {
    for (const back of restore) back();
    for (const listener of process.listeners('SIGINT')) {
      if (!listening.includes(listener)) process.off('SIGINT', listener);
    }
  }
}

/** Replaces a property of `process` until the returned function is called. */
function replaced(name: 'stdout' | 'stderr' | 'env', value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(process, name)!;
  Object.defineProperty(process, name, { value, configurable: true, enumerable: true, writable: true });
  return () => Object.defineProperty(process, name, before);
}
