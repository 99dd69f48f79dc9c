import { Inject, Injectable } from '@nestjs/common';
import type { FigureSet, ServiceFigures } from '@switchyard/contract';
import { minuteOf } from '../counters/series.writer.js';
import type { MinuteCounts } from '../store/series.store.js';
import { STORE, type Store } from '../store/store.js';
import { sumBy } from './figure.sum.js';
import { FiguresRecorder } from './figures.recorder.js';

/** Reads the figures of a service, which all processes have counted. */
@Injectable()
export class FiguresReader {
  constructor(
    private readonly recorder: FiguresRecorder,
    @Inject(STORE) private readonly store: Store,
  ) {}

  /**
   * The figures of the last minutes, the current one included: what this process counted until now, and the others until
   * two seconds ago.
   *
   * @throws Fault `store.unavailable`
   */
  async of(service: string, minutes: number): Promise<Pick<ServiceFigures, 'minutes' | 'totals'>> {
    const read = await this.counts(service, minutes);
    return {
      minutes: read.map(({ minute, counts }) => ({
        minute: new Date(minute * 60_000).toISOString(),
        ...figureSet([counts]),
      })),
      totals: figureSet(read.map(({ counts }) => counts)),
    };
  }

  /** The same as counters, by minute. @throws Fault `store.unavailable` */
  async counts(service: string, minutes: number): Promise<MinuteCounts[]> {
    await this.recorder.flush();
    const now = minuteOf(Date.now());
    return this.store.series.read(service, now - minutes + 1, now);
  }
}

function figureSet(counts: readonly Record<string, number>[]): FigureSet {
  return { wires: sumBy('wire', counts), arms: sumBy('arm', counts) };
}
