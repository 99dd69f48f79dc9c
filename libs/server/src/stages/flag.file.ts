import { readFileSync } from 'node:fs';
import { settingOf, type StageSetting } from './stage.flag.js';

/** A flag of the flag file: its stage, and the flagd definition as the team wrote it. */
export interface SeededFlag extends StageSetting {
  definition: object;
}

/**
 * Reads a flag file (flagd schema) into its migration flags, by flag name.
 *
 * @throws TypeError naming the file and what is wrong with it
 */
export function readFlagFile(path: string): Map<string, SeededFlag> {
  try {
    const { flags } = JSON.parse(readFileSync(path, 'utf8')) as { flags?: Record<string, object> };
    if (typeof flags !== 'object' || flags === null) throw new TypeError('it has no "flags"');
    return new Map(Object.entries(flags).map(([name, flag]) => [name, { ...settingOf(name, flag), definition: flag }]));
  } catch (error) {
    throw new TypeError(`unable to read the flags in ${path}; ${(error as Error).message}`, { cause: error });
  }
}
