import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';

const ROOT = join(__dirname, '../..');
/** What the packages need from others; a real installation has them from the registry. */
const NEEDED = ['rxjs', 'tslib', 'socket.io-client', 'commander', 'ws'];

/** A packed package: its name, the path of its tarball, and its files. */
export interface Packed {
  name: string;
  path: string;
  files: readonly string[];
}

/** The end of a program. */
export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** A folder outside the workspace with the packages that `npm publish` would upload, unpacked as npm does it. */
export class PackedFolder {
  private constructor(
    readonly path: string,
    readonly packages: readonly Packed[],
  ) {}

  static async make(): Promise<PackedFolder> {
    const { packAll } = (await import(join(ROOT, 'scripts/build/pack.mjs'))) as {
      packAll(into: string): Promise<readonly Packed[]>;
    };
    const path = await mkdtemp(join(tmpdir(), 'switchyard-packed-'));
    const folder = new PackedFolder(path, await packAll(path));
    for (const { name, path: tarball } of folder.packages) {
      const into = folder.at('node_modules', name);
      mkdirSync(into, { recursive: true });
      folder.mustRun('tar', ['-xzf', tarball, '--strip-components=1', '-C', into]);
    }
    for (const name of NEEDED) {
      const link = folder.at('node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      const places = ['migration', '.'].map((place) => join(ROOT, place, 'node_modules', name));
      symlinkSync(
        places.find((place) => existsSync(place))!,
        link,
      );
    }
    return folder;
  }

  at(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  manifest(name: string): Record<string, unknown> {
    return JSON.parse(readFileSync(this.at('node_modules', name, 'package.json'), 'utf8')) as Record<string, unknown>;
  }

  /** Runs a program in the folder with nothing of Jest's environment. */
  run(program: string, args: readonly string[]): Ran {
    const env = { PATH: process.env.PATH };
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: this.path, env, encoding: 'utf8' });
    return { code: status, out: stdout, err: stderr };
  }

  /** Runs a program that must succeed, and returns its output. @throws Error with all that it wrote */
  mustRun(program: string, args: readonly string[]): string {
    const { code, out, err } = this.run(program, args);
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${out}${err}`);
    return out;
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }
}
