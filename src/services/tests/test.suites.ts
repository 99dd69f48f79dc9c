import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Fault } from '@switchyard/contract';
import { PROJECT_ROOT } from '../../config/project.root.js';
import type { ProgramCall } from '../../processes/index.js';

/** An entry of the list: a command that may be run. */
interface AllowedSuite {
  /** The program; `node` is the Node that runs this application. */
  program: string;
  /** The arguments; `{filter}` is the place of the filter, and `./…` is a file beside the list. */
  args: string[];
  /** The argument for a filter: `{filter}` is its text, and `{pattern}` is a regular expression for it. */
  filter?: string;
}

/** The list of the commands that may be run; a request chooses one by its name, and may add a filter. */
export class TestSuites {
  private readonly suites: ReadonlyMap<string, AllowedSuite>;

  /** @throws Error with the reason if the list is invalid */
  constructor(private readonly file: string) {
    let list: object;
    try {
      list = JSON.parse(readFileSync(file, 'utf8')) as object;
    } catch (cause) {
      throw new Error(`unable to start; ${file} is no list of test suites`, { cause });
    }
    const suites = Object.entries(list).map(([name, suite]: [string, unknown]) => {
      if (isSuite(suite)) return [name, suite] as const;
      throw new Error(`unable to start; the test suite "${name}" in ${file} needs a program and args`);
    });
    this.suites = new Map(suites);
  }

  /** The names of the suites. */
  get names(): string[] {
    return [...this.suites.keys()];
  }

  /** Returns the command for a request. @throws Fault `suite.not_found`; `input.invalid` if the suite takes no filter */
  call(name: string, filter: string | undefined): ProgramCall {
    const suite = this.suites.get(name);
    if (!suite) throw new Fault('suite.not_found', { suites: this.names });
    if (filter !== undefined && !suite.filter) {
      throw new Fault('input.invalid', { fields: ['filter'], expected: 'no filter, as this suite takes none' });
    }
    const filters = filter === undefined ? [] : [filterArgument(suite.filter!, filter)];
    const args = suite.args.flatMap((arg) => (arg === '{filter}' ? filters : [this.located(arg)]));
    const program = suite.program === 'node' ? process.execPath : suite.program;
    return { program, args, cwd: PROJECT_ROOT, env: { NO_COLOR: '1' } };
  }

  private located(arg: string): string {
    return arg.startsWith('./') ? resolve(dirname(this.file), arg) : arg;
  }
}

function isSuite(value: unknown): value is AllowedSuite {
  const { program, args, filter = '' } = (value ?? {}) as Record<string, unknown>;
  const isText = (part: unknown) => typeof part === 'string';
  return isText(program) && Array.isArray(args) && args.every(isText) && isText(filter);
}

/** Makes one argument for a filter; no shell reads it, so any text is safe. */
function filterArgument(template: string, filter: string): string {
  const pattern = filter.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return template.replace('{filter}', () => filter).replace('{pattern}', () => pattern);
}
