import { addCounts } from '../store/series.store.js';

/** How many minutes wait for a store that is away, for each series. */
const MAX_WAITING = 60;

/** Counts of one minute of a series that the store does not have yet. */
export interface PendingMinute {
  series: string;
  minute: number;
  counts: Record<string, number>;
}

/** Counts on their way to the store, by series and minute; the earliest minutes are dropped when there are too many. */
export class PendingCounts {
  private readonly bySeries = new Map<string, Map<number, Map<string, number>>>();

  /** Adds counts of a minute. */
  add({ series, minute, counts }: PendingMinute): void {
    let minutes = this.bySeries.get(series);
    if (!minutes) this.bySeries.set(series, (minutes = new Map<number, Map<string, number>>()));
    let known = minutes.get(minute);
    if (!known) minutes.set(minute, (known = new Map<string, number>()));
    addCounts(known, counts);
    if (minutes.size > MAX_WAITING) minutes.delete(Math.min(...minutes.keys()));
  }

  /** Takes out everything that waits. */
  take(): PendingMinute[] {
    const all = [...this.bySeries].flatMap(([series, minutes]) =>
      [...minutes].map(([minute, counts]) => ({ series, minute, counts: Object.fromEntries(counts) })),
    );
    this.bySeries.clear();
    return all;
  }
}
