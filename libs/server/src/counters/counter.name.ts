import type { ReportedFigure } from '@switchyard/contract';

/** What a counter counts, and for whom. */
export interface CounterName {
  /** The name of the wire that the clients were on. */
  wire: string;
  /** The arm that the clients belong to; empty when they belong to none. */
  arm: string;
  figure: string;
  /** The code or the class that is counted apart, or nothing. */
  detail: string;
}

/** The beginning of the names of all counters of one wire and arm. */
export function counterPrefix(wire: string, arm: string): string {
  return `${wire}/${arm}/`;
}

/** The end of a counter's name. */
export function counterSuffix(figure: string, detail?: string | number): string {
  return detail === undefined ? figure : `${figure}/${detail}`;
}

/** The figure of a counter that clients report. */
export function reportedAs(figure: ReportedFigure | 'arrival'): string {
  return `reported_${figure}`;
}

/** Reads the name of a counter. */
export function parseCounterName(name: string): CounterName {
  const [wire = '', arm = '', figure = '', ...detail] = name.split('/');
  return { wire, arm, figure, detail: detail.join('/') };
}
