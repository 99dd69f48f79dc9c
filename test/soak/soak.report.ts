import type { Tally } from '../restart/follower.js';
import { timesOf } from '../restart/times.js';
import type { SoakOptions } from './soak.options.js';

/** The results of a soak so far. */
export interface SoakFigures {
  readonly tally: Tally;
  /** The number of kills by name. */
  readonly kills: Map<string, number>;
  /** The recovery times of clients in milliseconds. */
  readonly back: number[];
  readonly changes: { acknowledged: number; unknown: number };
  /** Other problems: stuck cards, different logs, missing clients. */
  readonly problems: string[];
}

/** Tells whether nothing was lost, duplicated or reordered, and no other problem occurred. */
export function isClean({ tally, problems }: SoakFigures): boolean {
  return tally.lost + tally.duplicated + tally.reordered + problems.length === 0;
}

/** Formats the results so far in one line. */
export function progress(figures: SoakFigures, elapsed_s: number, { minutes, clients }: SoakOptions): string {
  const { back, problems } = figures;
  const { median, worst } = timesOf(back);
  const returns = back.length ? `, back after ${median} ms (worst ${worst} ms)` : '';
  const trouble = problems.length ? `, problems ${problems.length}` : '';
  const time = `${clock(elapsed_s)} of ${clock(minutes * 60)}`;
  return `${time}: ${clients} clients, ${counts(figures)}, ${killed(figures)}${returns}${trouble}, ${memory()}`;
}

/** Formats the final results. */
export function report(figures: SoakFigures, { minutes, nodes, clients, rate, seed }: SoakOptions): string {
  const { tally, back, changes, problems } = figures;
  const { median, worst } = timesOf(back);
  const where = nodes === 1 ? 'one process on its own data' : 'two processes on one Redis';
  return [
    `${minutes} minutes, ${where}, ${clients} clients, ${rate} events a second for each, every service busy, seed ${seed}`,
    counts(figures),
    `${changes.acknowledged} changes acknowledged, ${changes.unknown} refused or of unknown outcome`,
    killed(figures),
    `rejoined ${tally.recovered} times, ${tally.snapshots} snapshots instead of a replay`,
    ...(back.length ? [`back after ${median} ms (median), ${worst} ms (worst), of ${back.length}`] : []),
    memory(),
    ...problems.map((problem) => `PROBLEM: ${problem}`),
    isClean(figures) ? 'clean' : 'NOT CLEAN',
  ].join('\n');
}

function counts({ tally }: SoakFigures): string {
  const { delivered, lost, duplicated, reordered } = tally;
  return `delivered ${delivered}, lost ${lost}, duplicated ${duplicated}, reordered ${reordered}`;
}

function killed({ kills }: SoakFigures): string {
  const each = [...kills].map(([name, times]) => `${name} ${times}`).join(', ');
  const all = [...kills.values()].reduce((sum, times) => sum + times, 0);
  return `kills ${all}${each && ` (${each})`}`;
}

function memory(): string {
  return `${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MB`;
}

function clock(seconds: number): string {
  return `${Math.trunc(seconds / 60)}:${String(Math.trunc(seconds % 60)).padStart(2, '0')}`;
}
