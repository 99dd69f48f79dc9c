import { readFileSync } from 'node:fs';
import { FlagProvider } from './flag.provider.js';
import { settingOf, withPercent, type FlagDefinition, type StageSetting } from './stage.flag.js';

/** A flag of the flag file: its stage, and its definition as the team wrote it. */
export interface FileFlag extends StageSetting {
  definition: FlagDefinition;
}

interface FlagFile {
  flags?: Record<string, object>;
  $evaluators?: Record<string, unknown>;
}

/**
 * Reads the migration flags of a flag file (flagd schema), by flag name.
 *
 * @throws TypeError that names the file and the error in it
 */
export function readFlagFile(path: string): Map<string, FileFlag> {
  try {
    const { flags, $evaluators = {} } = JSON.parse(readFileSync(path, 'utf8')) as FlagFile;
    if (typeof flags !== 'object' || flags === null || Array.isArray(flags)) {
      throw new TypeError('it has no object "flags"');
    }
    const entries = Object.entries(flags).map(([name, flag]) => [name, fileFlag(name, resolved(flag, $evaluators))]);
    return new Map(entries as [string, FileFlag][]);
  } catch (error) {
    throw new TypeError(`unable to read the flags in ${path}; ${(error as Error).message}`, { cause: error });
  }
}

function fileFlag(name: string, flag: unknown): FileFlag {
  const setting = settingOf(name, flag);
  const written = flag as FlagDefinition;
  // A canary without rules is the share that its percentage says.
  const definition = setting.stage === 'canary' && !written.targeting ? withPercent(written, setting.percent) : written;
  FlagProvider.check(name, definition);
  return { ...setting, definition };
}

/** Puts the shared rules of the file in the place of the references to them. */
function resolved(node: unknown, evaluators: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(node)) return node.map((part) => resolved(part, evaluators));
  if (typeof node !== 'object' || node === null) return node;
  const { $ref } = node as { $ref?: unknown };
  if (typeof $ref === 'string' && Object.hasOwn(evaluators, $ref)) return evaluators[$ref];
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, resolved(value, evaluators)]));
}
