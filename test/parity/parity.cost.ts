import type { Child } from '../process/child.js';
import type { ApplicationNodes } from '../restart/application.nodes.js';
import { startLoad, startServer } from './parity.alarms.js';
import type { Compared, CostFigures, ParityCommands } from './parity.commands.js';
import type { ParityOptions } from './parity.options.js';

/** Each measurement of a pair is made of so many parts, so that a slow drift of the machine meets both alike. */
const PARTS = 2;
/** The longest time before the first measurement, in seconds; later, the code is warm. */
const MAX_WARM_UP_S = 20;

/** Two measurements, part by part in turns. */
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
    private readonly load: Child<ParityCommands>,
    /** A process of its own, because only the work of the server may count: pages compare on machines of their own. */
    private readonly others: Child<ParityCommands>,
  ) {}

  static async start(options: ParityOptions): Promise<CostRun> {
    const app = await startServer();
    try {
      return new CostRun(options, app, await startLoad(), await startLoad());
    } catch (error) {
      await app.close();
      throw error;
    }
  }

  /** @param measured is called after each pair */
  async run(measured: (pair: CostPair, number: number) => void): Promise<void> {
    const { clients, sample, rooms, rate, seconds, pairs } = this.options;
    const sampled = Math.max(1, Math.round((clients * sample) / 100));
    const url = this.app.nodes[0]!.url;
    const keys = await this.load.ask('begin', { url, clients: Math.max(1, clients - sampled), rooms, rate });
    const measure = async (isComparing: boolean, s: number) => {
      await this.others.ask('shadow', { url, clients: sampled, isComparing, keys });
      const delays = await this.load.ask('measure', s);
      return { delays, ...(await this.others.ask('unshadow')) };
    };
    for (const isComparing of [false, true]) await measure(isComparing, Math.min(MAX_WARM_UP_S, seconds) / 2);
    for (let number = 1; number <= pairs && !this.isClosed; number += 1) {
      const sides = { without: new CostSum(), with: new CostSum() };
      for (let part = 0; part < PARTS; part += 1) {
        // The first one changes, so that what comes second gains nothing from it.
        const order = (number + part) % 2 === 1 ? (['without', 'with'] as const) : (['with', 'without'] as const);
        for (const side of order) sides[side].add(await measure(side === 'with', seconds / PARTS));
      }
      const pair = { without: sides.without.figures(), with: sides.with.figures() };
      this.pairs.push(pair);
      measured(pair, number);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([this.load.stop(), this.others.stop()]);
    await this.app.close();
  }
}

/** The parts of one measurement. */
class CostSum {
  private readonly delays: number[] = [];
  private matched = 0;
  private mismatches = 0;

  add({ delays, matched, mismatches }: { delays: readonly number[] } & Compared): void {
    for (const delay of delays) this.delays.push(delay);
    this.matched += matched;
    this.mismatches += mismatches;
  }

  figures(): CostFigures {
    const sorted = this.delays.sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
    const { matched, mismatches } = this;
    return { delivered: sorted.length, p50: at(0.5), p99: at(0.99), matched, mismatches };
  }
}
