import type { Position, ReportedFigure, WireName } from '@switchyard/contract';
import type { MoveFailure, Statistics } from './connection.statistics.js';
import type { ComparisonFindings, PageReport } from './page.report.js';

/** Counts what happens on one service's connections: for the page, and for the page's report to the server. */
export class ServiceStatistics {
  constructor(
    private readonly service: string,
    private readonly page: Statistics,
    private readonly report: PageReport,
  ) {}

  /** Adds to a figure, under a code where it has codes. */
  count(wire: WireName, figure: ReportedFigure, by = 1, code = ''): void {
    this.page.count(wire, figure, by);
    this.report.count(`${this.service}/${wire}/${figure}${code && `/${code}`}`, by);
  }

  /** Notes that an event with a position arrived now. */
  arrived(wire: WireName, room: string, position: Position): void {
    this.report.arrived(`${this.service}/${wire}`, room, position);
  }

  /** Gives the findings about a pair of the service's wires; `make` makes the first. */
  comparison(wires: string, make: (changed: () => void) => ComparisonFindings): ComparisonFindings {
    const { comparisons, schedule } = this.report;
    const name = `${this.service} ${wires}`;
    const findings = comparisons.get(name) ?? make(schedule);
    comparisons.set(name, findings);
    return findings;
  }

  moveFailed(failure: MoveFailure): void {
    this.page.lastFailure = failure;
    this.count(failure.to, 'moves_failed', 1, failure.code);
  }
}
