import { readFileSync } from 'node:fs';
import { settingOf, type StageSetting } from './stage.flag.js';

/** A flag of the flag file: its stage and its unchanged flagd definition. */
export interface FileFlag extends StageSetting {
  definition: object;
}

/**
 * Reads the migration flags of a flag file (flagd schema), by flag name.
 *
 * @throws TypeError that names the file and the error in it
 */
export function readFlagFile(path: string): Map<string, FileFlag> {
  try {
    const { flags } = JSON.parse(readFileSync(path, 'utf8')) as { flags?: Record<string, object> };
    if (typeof flags !== 'object' || flags === null) throw new TypeError('it has no "flags"');
    return new Map(Object.entries(flags).map(([name, flag]) => [name, { ...settingOf(name, flag), definition: flag }]));
  } catch (error) {
    throw new TypeError(`unable to read the flags in ${path}; ${(error as Error).message}`, { cause: error });
  }
}
