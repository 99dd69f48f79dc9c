import { existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Well above what the store wants to be free, in bytes; a container may have less there. */
const ROOMY = 1e9;

/** A new folder, in memory where there is such a place: for tests of what is in files, not of how fast the disk is. */
export function fastFolder(): string {
  return mkdtempSync(join(isRoomy(MEMORY) ? MEMORY : tmpdir(), 'switchyard-'));
}

function isRoomy(place: string): boolean {
  if (!existsSync(place)) return false;
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize > ROOMY;
}
