import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { compiled } from './compiler.js';
import { filesUnder } from './folder.files.js';
import { runProgram } from './program.run.js';
import { ROOT } from './scratch.folder.js';

/** The file of each package's tarball, by the package's name. */
export type Tarballs = Readonly<Record<string, string>>;

const PACKED = ['contract', 'client', 'server', 'store-lmdb', 'store-redis'];
const IS_SOURCE = /(?<!\.(spec|e2e-spec|test-d))\.ts$/;

/** Packs every package that adopters install into `folder`. */
export async function packAll(folder: string): Promise<Tarballs> {
  const packages = PACKED.map((name) => layOut(name, join(folder, 'packages', name)));
  const args = ['pack', '--json', '--pack-destination', folder, ...packages];
  const packed = JSON.parse(await runProgram('npm', args, { cwd: folder })) as { name: string; filename: string }[];
  rmSync(join(folder, 'packages'), { recursive: true });
  return Object.fromEntries(packed.map(({ name, filename }) => [name, join(folder, filename)]));
}

/** Lays out one package as it is published, compiled to CommonJS. */
function layOut(name: string, folder: string): string {
  const library = join(ROOT, 'libs', name);
  for (const file of filesUnder(join(library, 'src')).filter((path) => IS_SOURCE.test(path))) {
    const target = join(folder, 'dist', relative(join(library, 'src'), file).replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, compiled(file, 'commonjs'));
  }
  cpSync(join(library, 'package.json'), join(folder, 'package.json'));
  return folder;
}
