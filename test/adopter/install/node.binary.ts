import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { registryBase } from './registry.base.js';

/** Returns the program of a version of Node, which npm has as a package. @throws Error when it has none for this machine */
export async function nodeBinary(version: string | undefined): Promise<string> {
  if (version === undefined || `v${version}` === process.version) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const program = join(await registryBase({ [name]: version }), 'node_modules', name, 'bin/node');
  if (!existsSync(program)) throw new Error(`unable to try Node ${version}; ${name} has no ${program}`);
  return program;
}
