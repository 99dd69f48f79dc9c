import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

const LOADER = join(__dirname, 'typescript.cjs');
const { FOLDER, nameOf } = require('./program.bundle.cjs') as { FOLDER: string; nameOf(program: string): string };

describe('a program that is started from its sources', () => {
  let folder: string;
  let program: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-'));
    program = join(folder, 'main.ts');
  });
  afterEach(() => {
    for (const file of made()) rmSync(join(FOLDER, file));
    rmSync(folder, { recursive: true });
  });

  const write = (file: string, code: string) => writeFileSync(join(folder, file), code);
  const run = () => execFileSync(process.execPath, ['-r', LOADER, program], { encoding: 'utf8' });
  const made = () => readdirSync(FOLDER).filter((file) => file.startsWith(`${nameOf(program)}.`));

  it('comes from one file, which is made again when a source has changed', () => {
    write('main.ts', "import { word } from './word.js';\nconsole.log(word as string, __dirname);");
    write('word.ts', "export const word = 'first';");
    expect(run()).toBe(`first ${folder}\n`);
    const before = made();
    expect(before.map(extname).sort()).toEqual(['.cjs', '.json', '.v8']);
    expect(run()).toBe(`first ${folder}\n`);
    expect(made()).toEqual(before);
    write('word.ts', "export const word = 'other';");
    expect(run()).toBe(`other ${folder}\n`);
    expect(made()).toHaveLength(before.length);
    expect(made()).not.toEqual(before);
  });
});
