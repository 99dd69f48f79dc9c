import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../process/project.mjs';

/** The part of the client that the command line uses, built. */
export const PARITY = join(ROOT, 'libs/client/dist/parity/index.js');

/** Builds the part of the client that the command line uses, with the contract in it. */
export async function buildParity() {
  // Not at the top: a start without development packages needs no build.
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'libs/client/src/parity/index.ts')],
    tsconfig: join(ROOT, 'tsconfig.json'),
    external: ['socket.io-client', 'rxjs'],
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    bundle: true,
    write: false,
    logLevel: 'warning',
  });
  mkdirSync(dirname(PARITY), { recursive: true });
  // Another process may read the file now.
  const [{ contents } = { contents: '' }] = outputFiles;
  writeFileSync(`${PARITY}.${process.pid}`, contents);
  renameSync(`${PARITY}.${process.pid}`, PARITY);
}
