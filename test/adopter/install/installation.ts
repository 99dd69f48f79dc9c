import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { compiled, type ModuleKind } from './compiler.js';
import { filesUnder } from './folder.files.js';
import { runProgram } from './program.run.js';
import { npmInstall, registryBase, type Dependencies } from './registry.base.js';
import { scratchFolder } from './scratch.folder.js';
import type { Tarballs } from './tarballs.js';

/** What an adopter installs. */
export interface Needs {
  /** Packages of the registry. */
  registry: Dependencies;
  /** Packages of ours, by name. */
  ours: readonly string[];
  tarballs: Tarballs;
}

/** An adopter's project: a folder of its own with packages that came from tarballs and the registry. */
export class Installation {
  private constructor(readonly folder: string) {}

  /** Installs into a new folder, which `remove` deletes. */
  static async create(name: string, { registry, ours, tarballs }: Needs): Promise<Installation> {
    const base = await registryBase(registry);
    const parent = mkdtempSync(join(scratchFolder(), `${name}-`));
    const folder = join(parent, 'project');
    await copyTree(base, folder);
    const files = ours.map((pack) => {
      const file = tarballs[pack];
      if (file === undefined) throw new Error(`unable to install ${pack}; there is no tarball of it`);
      return file;
    });
    if (files.length) await npmInstall(folder, ...files);
    const installation = new Installation(folder);
    installation.assertOwn(ours);
    return installation;
  }

  /**
   * Copies a folder of programs into the project and compiles its TypeScript to the kind of modules.
   *
   * @returns the folder of the copy
   */
  add(
    source: string,
    { kind = 'commonjs', as = basename(source) }: { kind?: ModuleKind | 'as it is'; as?: string } = {},
  ): string {
    const target = join(this.folder, as);
    for (const file of filesUnder(source)) {
      const copy = join(target, relative(source, file));
      mkdirSync(dirname(copy), { recursive: true });
      if (file.endsWith('.ts') && kind !== 'as it is')
        writeFileSync(copy.replace(/\.ts$/, '.js'), compiled(file, kind));
      else cpSync(file, copy);
    }
    const manifest = join(target, 'package.json');
    if (!existsSync(manifest))
      writeFileSync(manifest, JSON.stringify({ private: true, type: kind === 'es6' ? 'module' : 'commonjs' }));
    return target;
  }

  /** The version of an installed package. */
  version(name: string): string {
    const text = readFileSync(join(this.folder, 'node_modules', name, 'package.json'), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  }

  /** The folders that hold a copy of a package. */
  copies(name: string): string[] {
    return packageFolders(join(this.folder, 'node_modules')).filter((path) =>
      path.endsWith(`node_modules${sep}${name}`),
    );
  }

  /** Deletes the project. */
  remove(): void {
    rmSync(dirname(this.folder), { recursive: true, force: true });
  }

  /** @throws Error when a package of ours is missing, linked, or not in this folder */
  private assertOwn(ours: readonly string[]): void {
    for (const name of ours) {
      const path = join(this.folder, 'node_modules', name);
      if (lstatSync(path).isSymbolicLink() || realpathSync(path) !== path)
        throw new Error(`unable to prove anything with ${name}; it is ${realpathSync(path)}`);
    }
  }
}

/** Lists the folders of all packages at or below a `node_modules`. */
function packageFolders(modules: string): string[] {
  if (!existsSync(modules)) return [];
  const names = readdirSync(modules).filter((name) => !name.startsWith('.'));
  const folders = names.flatMap((name) =>
    name.startsWith('@')
      ? readdirSync(join(modules, name)).map((inner) => join(modules, name, inner))
      : [join(modules, name)],
  );
  return folders.flatMap((folder) => [folder, ...packageFolders(join(folder, 'node_modules'))]);
}

/** Copies a tree of files that nobody writes to: as hard links where the system can. */
async function copyTree(from: string, to: string): Promise<void> {
  if (process.platform === 'linux') await runProgram('cp', ['-al', from, to], { cwd: dirname(to) });
  else cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  // npm writes these two, and must not write into the base.
  for (const name of ['package.json', 'package-lock.json', 'node_modules/.package-lock.json']) {
    const text = readFileSync(join(from, name));
    rmSync(join(to, name));
    writeFileSync(join(to, name), text);
  }
}
