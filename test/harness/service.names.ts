import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The names of the application's services, sorted: each has a folder in `src/services`. */
export const SERVICE_NAMES = readdirSync(join(__dirname, '../../src/services'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
