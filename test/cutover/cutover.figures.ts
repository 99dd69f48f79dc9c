import type { CallFigures } from './call.record.js';
import type { Lag } from './event.loop.lag.js';
import type { EndFigures, LoadState } from './load.commands.js';
import type { Side } from './stage.control.js';

/** One move of all clients. */
export interface MoveResult {
  number: number;
  to: Side;
  /** The number of clients told, and moved. */
  told: number;
  moved: number;
  /** The wire and the state of each client that is not live on the new wire at the end. */
  away: string[];
  /** From the change of the stage to the last client told, and moved, in milliseconds; undefined without one. */
  told_ms?: number;
  moved_ms?: number;
  /** The deliveries per second before the move, on the wire that the clients left. */
  rateBefore: number;
  /** The longest gap of each client in the move, and in the time before it, in milliseconds. */
  gaps_ms: number[];
  steadyGaps_ms: number[];
  /** The lag of the slowest load process in the move, and in the time before it. */
  lag: Lag;
  steadyLag: Lag;
  /** The number of connections that were cut. */
  cut: number;
  /** The node that was killed. */
  killed?: string;
}

/** The results of a cut-over so far. */
export interface CutoverFigures {
  now: LoadState;
  /** The number of load processes. */
  loads: number;
  /** The moves before those that count: the processes compile their code during them. */
  warmUp: MoveResult[];
  moves: MoveResult[];
  end?: EndFigures;
  /** Other problems. */
  problems: string[];
}

/** Adds up the states of all load processes. */
export function sumStates(states: readonly LoadState[]): LoadState {
  return {
    tally: sumOf(states.map(({ tally }) => tally)),
    ...sumOf(states.map(({ told, moved, reconnects }) => ({ told, moved, reconnects }))),
  };
}

/** Adds up what the load processes found at the end. */
export function sumEnds(ends: readonly EndFigures[]): EndFigures {
  const calls: CallFigures = sumOf(ends.map((end) => end.calls));
  return {
    calls,
    refusals: ends.flatMap(({ refusals }) => refusals),
    waited_ms: Math.max(...ends.map((end) => end.waited_ms)),
    published: sumOf(ends.map(({ published }) => published)),
    ...sumOf(ends.map(({ behind, missing, unseen }) => ({ behind, missing, unseen }))),
  };
}

/** The lag of the slowest process. */
export function worstLag(lags: readonly Lag[]): Lag {
  return { p99: Math.max(...lags.map(({ p99 }) => p99)), max: Math.max(...lags.map(({ max }) => max)) };
}

/** Adds up numbers under the same names. */
function sumOf<T extends Record<keyof T, number>>(all: readonly T[]): T {
  const names = Object.keys(all[0]!) as (keyof T)[];
  const total = (name: keyof T) => all.reduce((sum, each) => sum + each[name], 0);
  return Object.fromEntries(names.map((name) => [name, total(name)])) as T;
}
