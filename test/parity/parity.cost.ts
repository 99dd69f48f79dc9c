import type { ApplicationNodes } from '../restart/application.nodes.js';
import { startLoad, startServer } from './parity.alarms.js';
import type { CostFigures } from './parity.commands.js';
import type { ParityOptions } from './parity.options.js';

/** Two measurements, one after the other. */
export interface CostPair {
  without: CostFigures;
  with: CostFigures;
}

/** Measures the delivery on the old wire with and without comparing clients, in turns. */
export class CostRun {
  readonly pairs: CostPair[] = [];
  private isClosed = false;

  private constructor(
    private readonly options: ParityOptions,
    private readonly app: ApplicationNodes,
  ) {}

  static async start(options: ParityOptions): Promise<CostRun> {
    return new CostRun(options, await startServer());
  }

  /** @param measured is called after each pair */
  async run(measured: (pair: CostPair, number: number) => void): Promise<void> {
    for (let number = 1; number <= this.options.pairs && !this.isClosed; number += 1) {
      // The first of each pair changes, so that what comes second gains nothing from it.
      const order = number % 2 === 1 ? (['without', 'with'] as const) : (['with', 'without'] as const);
      const figures = {} as CostPair;
      for (const side of order) figures[side] = await this.measure(side === 'with');
      this.pairs.push(figures);
      measured(figures, number);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.app.close();
  }

  /** A new process each time, because the code of an older one is warmer. */
  private async measure(isComparing: boolean): Promise<CostFigures> {
    const { clients, sample, rooms, rate, seconds } = this.options;
    const load = await startLoad();
    try {
      const comparing = isComparing ? Math.max(1, Math.round((clients * sample) / 100)) : 0;
      return await load.ask('measure', { url: this.app.nodes[0]!.url, clients, comparing, rooms, rate, seconds });
    } finally {
      await load.stop();
    }
  }
}
