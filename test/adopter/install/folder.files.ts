import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Lists the files at or below a path in a fixed order. */
export function filesUnder(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).sort();
  return names.flatMap((name) => filesUnder(join(path, name)));
}
