import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The file of each package's tarball, by the package's name. */
export type Tarballs = Readonly<Record<string, string>>;

/** The environment variable with the folder into which `npm run adopter` has packed the packages. */
const FOLDER = 'ADOPTER_TARBALLS';

/** Finds the tarballs that this run packed. @throws Error when there are none */
export function packedTarballs(): Tarballs {
  const folder = process.env[FOLDER];
  const files = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  if (folder === undefined || !files.length) throw new Error('unable to begin; nothing is packed, use npm run adopter');
  return Object.fromEntries(
    files.map((file) => [file.replace(/^switchyard-(.+?)-\d.*$/, '@switchyard/$1'), join(folder, file)]),
  );
}
