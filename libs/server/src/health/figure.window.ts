import type { Figures } from '@switchyard/contract';
import { parseCounterName } from '../counters/counter.name.js';
import { sumBy } from '../figures/figure.sum.js';
import type { MinuteCounts } from '../store/series.store.js';

/** An arm of a migration: the clients of the old wire, or of the new one. */
export type Arm = 'legacy' | 'socketio';

/** What happened to the clients of one arm in one window. */
export interface ArmWindow {
  figures: Figures | undefined;
  /** Joins on wires that no stage names, such as event streams. */
  fallbackJoins: number;
  /** The connections on the arm's own wires that were open when the window began. */
  open: number;
}

/** What happened to the clients of a service in one window. */
export interface FigureWindow {
  /** Unix time in ms. */
  began: number;
  /** Unix time in ms. */
  ended: number;
  arms: Record<Arm, ArmWindow>;
}

/** Everything that was counted in the last minutes, at one time. */
export interface Reading {
  /** Unix time in ms. */
  at: number;
  minutes: readonly MinuteCounts[];
  /** The open connections, by the name by which stages advise their wires. */
  open: Record<Arm, number>;
}

/** What was counted between two readings; undefined when the counts have begun again in between. */
function countsBetween(before: readonly MinuteCounts[], after: readonly MinuteCounts[]) {
  const earlier = new Map(before.map(({ minute, counts }) => [minute, counts]));
  const earliest = before[0]?.minute ?? -Infinity;
  const sums: Record<string, number> = {};
  for (const { minute, counts } of after) {
    // Minutes before the first one of the earlier reading are none that have just happened.
    if (minute < earliest) continue;
    const known = earlier.get(minute) ?? {};
    for (const name of Object.keys(known)) if ((counts[name] ?? 0) < known[name]!) return undefined;
    for (const [name, count] of Object.entries(counts)) {
      const added = count - (known[name] ?? 0);
      if (added > 0) sums[name] = (sums[name] ?? 0) + added;
    }
  }
  const last = after.at(-1)?.minute ?? -Infinity;
  // The latest minute cannot go away; earlier ones are no longer read.
  return before.length > 0 && last < before.at(-1)!.minute ? undefined : sums;
}

/** The window between two readings; undefined when the counts have begun again in between. */
export function windowBetween(
  before: Reading,
  after: Reading,
  advisedAs: (wire: string) => string | undefined,
): FigureWindow | undefined {
  const counts = countsBetween(before.minutes, after.minutes);
  if (!counts) return undefined;
  const isFallback = ([name]: [string, number]) => advisedAs(parseCounterName(name).wire) === undefined;
  const arms = sumBy('arm', [counts]);
  const fallbacks = sumBy('arm', [Object.fromEntries(Object.entries(counts).filter(isFallback))]);
  const armOf = (arm: Arm): ArmWindow => ({
    figures: arms[arm],
    fallbackJoins: fallbacks[arm]?.joins ?? 0,
    open: before.open[arm],
  });
  return { began: before.at, ended: after.at, arms: { legacy: armOf('legacy'), socketio: armOf('socketio') } };
}
