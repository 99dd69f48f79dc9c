import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The project's folder, found from the source or from `dist`, independent of the working directory. */
export const PROJECT_ROOT = (function find(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('unable to start; there is no package.json above the program');
  return find(parent);
})(__dirname);
