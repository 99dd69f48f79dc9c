import type { Position, ReportedFigure, WireName } from '@switchyard/contract';
import type { MoveFailure, Statistics } from './connection.statistics.js';
import type { PageReport } from './page.report.js';

/** Counts what happens on one service's connections: for the page, and for the page's report to the server. */
export class ServiceStatistics {
  constructor(
    private readonly service: string,
    private readonly page: Statistics,
    private readonly report: PageReport,
  ) {}

  received(wire: WireName, events: number): void {
    this.page.received(wire, events);
    this.count(wire, 'events', events);
  }

  arrived(wire: WireName, room: string, position: Position): void {
    this.report.arrived(`${this.service}/${wire}`, room, position);
  }

  duplicate(wire: WireName): void {
    this.page.duplicate();
    this.count(wire, 'duplicates');
  }

  healed(wire: WireName): void {
    this.page.healed();
    this.count(wire, 'gaps');
  }

  reconnected(wire: WireName, ms: number): void {
    this.page.reconnected(ms);
    this.count(wire, 'reconnects');
    this.count(wire, 'outage_ms', Math.round(ms));
  }

  moveMade(wire: WireName): void {
    this.page.moveMade();
    this.count(wire, 'moves');
  }

  moveFailed(failure: Omit<MoveFailure, 'service'>): void {
    const { service } = this;
    this.page.moveFailed({ service, ...failure });
    this.report.count(`${service}/${failure.to}/moves_failed/${failure.code}`, 1);
  }

  private count(wire: WireName, figure: ReportedFigure, by = 1): void {
    this.report.count(`${this.service}/${wire}/${figure}`, by);
  }
}
