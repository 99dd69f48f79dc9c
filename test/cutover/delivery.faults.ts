import type { EndFigures, LoadState } from './load.commands.js';

/** How often something went wrong, and what; 0 when it did not. */
export type FaultCount = readonly [count: number, what: string];

/** Counts what clients missed or got twice, and calls without exactly one effect. */
export function deliveryFaults({ tally }: LoadState, end: EndFigures | undefined): FaultCount[] {
  return [
    [tally.lost, 'events were lost'],
    [end?.missing ?? 0, `events did not reach ${end?.behind ?? 0} clients before the time limit of the end`],
    [end?.unseen ?? 0, 'acknowledged events reached no client'],
    [tally.duplicated, 'events were duplicated'],
    [tally.reordered, 'events were reordered'],
    [tally.snapshots, 'snapshots were needed'],
    [end?.calls.without ?? 0, 'calls had no effect'],
    [end?.calls.repeated ?? 0, 'calls had more than one effect'],
    [end?.calls.open ?? 0, 'calls were not answered'],
  ];
}

/** Lists the faults that happened, each with its number. */
export const faultTexts = (counts: readonly FaultCount[]): string[] =>
  counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
