import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { adopterEnvironment } from '../install/program.run.js';
import type { Dependencies } from '../install/registry.base.js';
import { readBlocks, type GuideBlock, type GuideCommand, type GuideLine } from './guide.block.js';
import { GuideCompiler } from './guide.compiler.js';
import { GuideFault } from './guide.fault.js';
import { GuideFiles } from './guide.files.js';
import { GuideTerminal } from './guide.terminal.js';
import { comparePrinted, isOpenEnded } from './printed.lines.js';

/** Where the guide is tried. */
export interface GuideSite {
  /** An empty folder, in which the guide's packages are found. */
  folder: string;
  /** The `node_modules` in which they are. */
  modules: string;
  /** What is installed from the registry. */
  installed: Dependencies;
  /** Stands for the guide's port. */
  port: number;
}

/** The port in the guide. */
const PORT = /\b3000\b/g;
/** Commands that put the packages where they are already. */
const INSTALLING = /^(npm (ci|install)\b|node scripts\/pack\.mjs )/;

/** A reader of the guide, who writes what it says into files, types its commands, and compares what they print. */
export class GuideRun {
  private readonly files: GuideFiles;
  private readonly terminals = new Map<string, GuideTerminal>();
  private readonly environment: NodeJS.ProcessEnv;
  private compiler: GuideCompiler | undefined;

  constructor(private readonly site: GuideSite) {
    this.files = new GuideFiles(site.folder, (text) => this.adapted(text));
    const { PATH = '', ...environment } = adopterEnvironment();
    this.environment = { ...environment, PATH: `${join(site.modules, '.bin')}:${PATH}` };
  }

  /** Does what a page says, from its beginning to its end; returns the number of blocks. @throws GuideFault */
  async follow(page: string): Promise<number> {
    const blocks = readBlocks(page);
    try {
      for (const block of blocks) await this.take(block);
      for (const terminal of this.terminals.values()) await terminal.stop();
    } finally {
      for (const terminal of this.terminals.values()) await terminal.end();
    }
    return blocks.length;
  }

  private async take(block: GuideBlock): Promise<void> {
    if (block.kind === 'diff') return this.files.change(block.path, block.at, block.lines);
    if (block.kind === 'console') return this.type(block);
    this.files.write(block.path, block.lines);
    if (block.path === 'package.json') this.assertInstalled(block.lines);
  }

  private async type({ at, terminal, printed, commands }: GuideBlock & { kind: 'console' }): Promise<void> {
    const last = terminal === undefined ? undefined : commands.at(-1);
    if (terminal !== undefined && last === undefined) return this.expect(terminal, at, printed);
    for (const command of commands.filter((one) => one !== last)) await this.run(command);
    if (terminal === undefined || last === undefined) return;
    await this.terminals.get(terminal)?.stop();
    const started = GuideTerminal.start(this.adapted(last.line.text), this.site.folder, this.environment);
    this.terminals.set(terminal, started);
    await this.expect(terminal, last.line.at, last.printed);
  }

  private async expect(name: string, at: number, printed: readonly GuideLine[]): Promise<void> {
    const terminal = this.terminals.get(name);
    if (!terminal) throw new GuideFault(at, `nothing runs in the terminal "${name}"`);
    await terminal.expect(at, this.adaptedLines(printed));
  }

  /** Runs a command to its end. */
  private async run({ line: { text, at }, printed }: GuideCommand): Promise<void> {
    if (INSTALLING.test(text)) return;
    if (text === 'npx tsc') {
      this.compiler ??= new GuideCompiler(this.files);
      return this.compiler.compile(at);
    }
    if (text.startsWith('export ')) {
      for (const [, name, value] of this.adapted(text).matchAll(/(\w+)=(\S+)/g)) this.environment[name!] = value;
      return;
    }
    const { code, lines } = await this.shell(this.adapted(text).replace(/^npx /, ''));
    await comparePrinted(this.adaptedLines(printed), async () => lines.shift());
    if (lines.length > 0 && !isOpenEnded(printed)) throw new GuideFault(at, `it also prints ${lines.join('\n')}`);
    if (code !== 0) throw new GuideFault(at, `it ends with ${code}`);
  }

  private shell(command: string): Promise<{ code: number; lines: string[] }> {
    return new Promise((resolve) => {
      // Both streams are one, as in a terminal.
      const options = { cwd: this.site.folder, env: this.environment };
      execFile('sh', ['-c', `{ ${command}\n} 2>&1`], options, (error, stdout) => {
        const lines = stdout.split('\n');
        if (lines.at(-1) === '') lines.pop();
        resolve({ code: error ? Number(error.code ?? 1) : 0, lines });
      });
    });
  }

  /** @throws GuideFault when the guide asks for other packages than those that it is tried with */
  private assertInstalled(lines: readonly GuideLine[]): void {
    for (const { text, at } of lines) {
      const [, name, version] = /^ {4}"(.+)": "(.+)",?$/.exec(text) ?? [];
      if (name !== undefined && this.site.installed[name] !== version)
        throw new GuideFault(at, `the guide is tried with ${name} ${this.site.installed[name]}`);
    }
  }

  private adapted(text: string): string {
    return text.replace(PORT, String(this.site.port));
  }

  private adaptedLines(lines: readonly GuideLine[]): GuideLine[] {
    return lines.map(({ text, at }) => ({ text: this.adapted(text), at }));
  }
}
