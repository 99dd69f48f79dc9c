import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fastFolder } from '../harness/fast.folder.js';

/** The buckets of a canary of 20 %. */
export const FIFTH = [
  ['socketio', 20],
  ['legacy', 80],
];

/** Writes a flag file with the board in a canary of 20 %, so that no client moves when the test begins. */
export function fifthOfBoard(targeting: object = { fractional: FIFTH }): string {
  const path = join(fastFolder(), 'flags.json');
  const variants = { legacy: 'legacy', socketio: 'socketio' };
  const metadata = { stage: 'canary', percent: 20 };
  const flag = { state: 'ENABLED', variants, defaultVariant: 'legacy', targeting, metadata };
  writeFileSync(path, JSON.stringify({ flags: { 'realtime-board': flag } }));
  return path;
}
