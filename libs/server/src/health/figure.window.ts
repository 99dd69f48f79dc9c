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
  /** The connections on the arm's own wires that were open when the window began; 0 in a part of one. */
  open: number;
  /** The same window in short parts, in the order of time. */
  parts: readonly ArmWindow[];
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
  /** The earliest minute that was read. */
  from: number;
  minutes: readonly MinuteCounts[];
  /** The open connections, by the name by which stages advise their wires. */
  open: Record<Arm, number>;
}

type Counts = Readonly<Record<string, number>>;
type AdvisedAs = (wire: string) => string | undefined;

/** The window of several readings, with a part between each two; undefined when the counts have begun again in between. */
export function windowOver(readings: readonly [Reading, ...Reading[]], advisedAs: AdvisedAs): FigureWindow | undefined {
  const parts: Counts[][] = [];
  for (const [index, reading] of readings.slice(1).entries()) {
    const added = addedBetween(readings[index]!, reading);
    if (!added) return undefined;
    parts.push(added);
  }
  return windowOf(readings[0], readings.at(-1)!, parts, advisedAs);
}

/** The window between two readings, with each minute as a part; undefined when the counts have begun again in between. */
export function windowByMinute(before: Reading, after: Reading, advisedAs: AdvisedAs): FigureWindow | undefined {
  const minutes = addedBetween(before, after);
  if (!minutes) return undefined;
  // A long window begins where it is still read.
  const began = Math.max(before.at, after.from * 60_000);
  return windowOf(
    { ...before, at: began },
    after,
    minutes.map((counts) => [counts]),
    advisedAs,
  );
}

/** What was counted in each minute between two readings; undefined when the counts have begun again in between. */
function addedBetween(before: Reading, after: Reading): Counts[] | undefined {
  const earlier = new Map(before.minutes.map(({ minute, counts }) => [minute, counts]));
  const added: Counts[] = [];
  for (const { minute, counts } of after.minutes) {
    // What the earlier reading did not look at has not just happened.
    if (minute < before.from) continue;
    const known = earlier.get(minute) ?? {};
    for (const name of Object.keys(known)) if ((counts[name] ?? 0) < known[name]!) return undefined;
    const more = Object.entries(counts).map(([name, count]) => [name, count - (known[name] ?? 0)] as const);
    added.push(Object.fromEntries(more.filter(([, count]) => count > 0)));
  }
  const latest = before.minutes.at(-1)?.minute ?? -Infinity;
  // The latest minute cannot go away while it is read; earlier ones are no longer read.
  const isGone = latest >= after.from && (after.minutes.at(-1)?.minute ?? -Infinity) < latest;
  return isGone ? undefined : added;
}

function windowOf(before: Reading, after: Reading, parts: readonly Counts[][], advisedAs: AdvisedAs): FigureWindow {
  const arms = (counts: readonly Counts[], open: Record<Arm, number>) => armsOf(counts, open, advisedAs);
  const all = arms(parts.flat(), before.open);
  const inParts = parts.map((counts) => arms(counts, { legacy: 0, socketio: 0 }));
  const armOf = (arm: Arm): ArmWindow => ({ ...all[arm], parts: inParts.map((part) => part[arm]) });
  return { began: before.at, ended: after.at, arms: { legacy: armOf('legacy'), socketio: armOf('socketio') } };
}

function armsOf(all: readonly Counts[], open: Record<Arm, number>, advisedAs: AdvisedAs): Record<Arm, ArmWindow> {
  const isFallback = ([name]: [string, number]) => advisedAs(parseCounterName(name).wire) === undefined;
  const arms = sumBy('arm', all);
  const onFallbacks = all.map((counts) => Object.fromEntries(Object.entries(counts).filter(isFallback)));
  const fallbacks = sumBy('arm', onFallbacks);
  const armOf = (arm: Arm): ArmWindow => ({
    figures: arms[arm],
    fallbackJoins: fallbacks[arm]?.joins ?? 0,
    open: open[arm],
    parts: [],
  });
  return { legacy: armOf('legacy'), socketio: armOf('socketio') };
}
