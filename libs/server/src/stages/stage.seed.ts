import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { MigrationState } from '@switchyard/contract';
import type { FileFlag } from './flag.file.js';
import { timeAfter, type StageRecord } from './stage.record.js';

/** The flag of a service that has none. */
const NO_FLAG: Pick<FileFlag, 'stage' | 'percent'> & Partial<FileFlag> = { stage: 'legacy', percent: 0 };

/** The state of a service of which nothing is known: everybody uses the old wire. */
export function unknownState(service: string, reason: string, updated_at = timeAfter(undefined)): MigrationState {
  const { stage, percent } = NO_FLAG;
  return { service, stage, percent, closed: false, held: false, updated_at, updated_by: 'flags', reason };
}

/**
 * The record of a service as the flag file wants it: `known` itself when somebody else has moved the service, or when its
 * flag is still the one that `known` was made from.
 *
 * @param file the path of the flag file, if there is one
 */
export function seedOf(
  service: string,
  known: StageRecord | undefined,
  flag: FileFlag | undefined,
  file: string | undefined,
): StageRecord {
  if (known && !known.seeded) return known;
  const { stage, percent, definition } = flag ?? NO_FLAG;
  const isSame = known?.stage === stage && known.percent === percent && isDeepStrictEqual(known.definition, definition);
  if (known && isSame) return known;
  const state = unknownState(service, reasonOf(known, flag, file), timeAfter(known));
  return { ...state, stage, percent, seeded: true, ...(definition && { definition }) };
}

function reasonOf(known: StageRecord | undefined, flag: FileFlag | undefined, file: string | undefined): string {
  const name = file && basename(file);
  if (name && known) return flag ? `${name} was edited` : `${name} was edited; the flag is gone`;
  return name && flag ? `seeded from ${name}` : 'no flag says otherwise';
}
