import { existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Well above the store's required free space in bytes, because a container may have less there. */
const ROOMY = 1e9;

/** Creates a folder, in memory if possible, for tests of file contents, not of disk speed. */
export function fastFolder(): string {
  return mkdtempSync(join(isRoomy(MEMORY) ? MEMORY : tmpdir(), 'switchyard-'));
}

function isRoomy(place: string): boolean {
  if (!existsSync(place)) return false;
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize > ROOMY;
}
