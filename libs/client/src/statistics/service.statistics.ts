import type { Position, ReportedFigure, WireName } from '@switchyard/contract';
import type { MoveFailure, PageStatistics } from './page.statistics.js';

/** Counts what happens on one service's connections. */
export class ServiceStatistics {
  constructor(
    readonly service: string,
    readonly page: PageStatistics,
  ) {}

  /** Adds to a figure, under a code where it has codes. */
  count(wire: WireName, figure: ReportedFigure, by = 1, code = ''): void {
    this.page.count(this.service, wire, figure, by, code);
  }

  /** Notes that an event with a position arrived now. */
  arrived(wire: WireName, room: string, position: Position): void {
    this.page.arrived(`${this.service}/${wire}`, room, position);
  }

  moveFailed(failure: MoveFailure): void {
    this.page.lastFailure = failure;
    this.count(failure.to, 'moves_failed', 1, failure.code);
  }
}
