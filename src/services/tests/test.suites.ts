import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Fault } from '@switchyard/contract';
import { PROJECT_ROOT } from '../../config/project.root.js';
import type { ProgramCall } from '../../processes/index.js';

/** A command that may be run, as the list has it. */
interface AllowedSuite {
  /** `node` is the one that runs this. */
  program: string;
  /** `{filter}` stands where the filter goes; what begins with `./` is a file beside the list. */
  args: string[];
  /** The one argument that a filter makes: `{filter}` as it is, or `{pattern}` as a regular expression. */
  filter?: string;
}

/** The commands that may be run, by name; the list is all of them, a request chooses one and narrows it. */
export class TestSuites {
  private readonly suites: ReadonlyMap<string, AllowedSuite>;

  /** @throws Error saying what is wrong with the list */
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

  /** What a request runs. @throws Fault `suite.not_found`, `input.invalid` where the suite takes no filter */
  call(name: string, filter: string | undefined): ProgramCall {
    const suite = this.suites.get(name);
    if (!suite) throw new Fault('suite.not_found', { suites: this.names });
    if (filter !== undefined && !suite.filter) {
      throw new Fault('input.invalid', { fields: ['filter'], expected: 'no filter, as this suite takes none' });
    }
    const given = filter === undefined ? [] : [narrowing(suite.filter!, filter)];
    const args = suite.args.flatMap((arg) => (arg === '{filter}' ? given : [this.located(arg)]));
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

/** Always one argument, and whatever stands in it a part of that: nothing in it is looked for by a shell. */
function narrowing(template: string, filter: string): string {
  const pattern = filter.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return template.replace('{filter}', () => filter).replace('{pattern}', () => pattern);
}
