import { isDeepStrictEqual } from 'node:util';
import type { MigrationState } from '@switchyard/contract';
import { flagFor, type FlagDefinition } from './stage.flag.js';

/** Who holds a service, since when and why; times are ISO 8601 with Z. */
interface Hold {
  since: string;
  by: string;
  reason: string;
}

/** The state of a service as the store keeps it, with what the admin API does not show. */
export interface StageRecord extends MigrationState {
  /** When the wires that clients are advised last changed, ISO 8601 with Z; `updated_at` when undefined. */
  advised_at?: string;
  /** The id of the audit entry of the last change. */
  audit?: string;
  /** Whether the flag file set the state, and nobody has changed it since. */
  seeded?: boolean;
  /** The team's own flag, which a canary is evaluated with. */
  definition?: FlagDefinition;
  /** Present while `held` is true. */
  hold?: Hold;
}

/** The part of a record that the admin API shows. */
export function stateOf(record: StageRecord): MigrationState {
  const { service, stage, percent, closed, held, updated_at, updated_by, reason } = record;
  return { service, stage, percent, closed, held, updated_at, updated_by, reason };
}

/** When the wires that clients are advised last changed, ISO 8601 with Z. */
export function advisedAt({ advised_at, updated_at }: StageRecord): string {
  return advised_at ?? updated_at;
}

/** Whether two records advise every client the same wire; a hold or another reason changes no advice. */
export function hasSameAdvice(a: StageRecord, b: StageRecord): boolean {
  return a.closed === b.closed && isDeepStrictEqual(flagFor(a), flagFor(b));
}

/** The time of a change that follows another one; later than it in any case, so that audit ids sort in their order. */
export function timeAfter(previous: Pick<MigrationState, 'updated_at'> | undefined): string {
  const earliest = previous ? Date.parse(previous.updated_at) + 1 : 0;
  return new Date(Math.max(Date.now(), earliest)).toISOString();
}
