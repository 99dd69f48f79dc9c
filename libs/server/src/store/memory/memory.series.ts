import { MAX_MINUTES, addCounts, checkCounts, type MinuteCounts, type SeriesStore } from '../series.store.js';

/** Counters by minute in this process's memory. */
export class MemorySeries implements SeriesStore {
  private readonly series = new Map<string, Map<number, Map<string, number>>>();

  async add(series: string, minute: number, counts: Readonly<Record<string, number>>): Promise<void> {
    checkCounts(series, minute, counts);
    let minutes = this.series.get(series);
    if (!minutes) this.series.set(series, (minutes = new Map<number, Map<string, number>>()));
    let known = minutes.get(minute);
    if (!known) minutes.set(minute, (known = new Map<string, number>()));
    addCounts(known, counts);
    if (minutes.size > MAX_MINUTES) minutes.delete(Math.min(...minutes.keys()));
  }

  async read(series: string, from: number, to: number): Promise<MinuteCounts[]> {
    const minutes = [...(this.series.get(series) ?? [])].filter(([minute]) => from <= minute && minute <= to);
    minutes.sort(([a], [b]) => a - b);
    return minutes.map(([minute, counts]) => ({ minute, counts: Object.fromEntries(counts) }));
  }
}
