import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The repository, which nothing in an adopter's folder may resolve from. */
export const ROOT = join(__dirname, '../../..');

/**
 * Returns the folder for installations, which is outside the repository.
 *
 * @throws Error when a folder above it has packages, because Node would find them
 */
export function scratchFolder(): string {
  const folder = join(tmpdir(), `switchyard-adopter-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true });
  const real = realpathSync(folder);
  for (let above = real; above !== dirname(above); above = dirname(above)) {
    if (existsSync(join(above, 'node_modules')))
      throw new Error(`unable to install for an adopter; ${above} has node_modules, which would be found from ${real}`);
  }
  return real;
}
