import type { EndFigures, LoadState, MoveFigures } from '../cutover/load.commands.js';

/** The results of a bad night so far. */
export interface NightFigures {
  now: LoadState;
  /** The clients by state and wire: when the new wire died, when the stage was tripped, and at the end of the return. */
  places: { death?: Places; trip?: Places; back?: Places };
  /** The open connections of the new wire when it died. */
  cut: number;
  /** From the death to the trip, in milliseconds. */
  trip_ms?: number;
  /** From the trip until each client that was told to go back knew of it, in milliseconds. */
  told_ms: number[];
  /** From the trip until each client that was on the new wire was back on the old one, in milliseconds. */
  back_ms: number[];
  /** The longest gap in the deliveries of each client from the death until it was back, in milliseconds. */
  gaps_ms: number[];
  /** The lag of the load process from the death until the last client was back. */
  lag?: MoveFigures['lag'];
  /** From the new promotion until the last client was on the new wire, in milliseconds. */
  promoted_ms?: number;
  end?: EndFigures;
  problems: string[];
}

/** The number of clients by their state and wire, such as `subscribed on legacy`. */
export type Places = Readonly<Record<string, number>>;

/** Adds up the places of several processes. */
export function sumPlaces(all: readonly Places[]): Places {
  const sum: Record<string, number> = {};
  for (const places of all) for (const [place, count] of Object.entries(places)) sum[place] = (sum[place] ?? 0) + count;
  return sum;
}
