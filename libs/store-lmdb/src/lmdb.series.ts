import {
  MAX_MINUTES,
  type MinuteCounts,
  type SeriesStore,
  addCounts,
  checkCounts,
  keyPart,
} from '@switchyard/server/store';
import type { GroupCommit } from './group.commit.js';
import type { LmdbTable, RowWrite } from './lmdb.table.js';

/** The counts of one minute on disk: pairs, as a counter may have any name. */
export type CountsRow = [name: string, count: number][];

/** The approximate size of a counter on disk, in bytes. */
const COUNTER_BYTES = 40;

/** Counters by minute: one row for each minute of a series. */
export class LmdbSeries implements SeriesStore {
  /** The minutes of each series that was used, in ascending order. */
  private readonly minutes = new Map<string, number[]>();
  /** How many rows were ever written. */
  writes = 0;

  constructor(
    private readonly table: LmdbTable<CountsRow>,
    private readonly commits: GroupCommit<RowWrite>,
  ) {}

  async add(series: string, minute: number, counts: Readonly<Record<string, number>>): Promise<void> {
    checkCounts(series, minute, counts);
    this.commits.check();
    const name = keyPart(series);
    // In one step, so that no other addition can come between the read and the write.
    const row = new Map(this.table.get(name, minute) ?? []);
    addCounts(row, counts);
    this.put(name, minute, [...row]);
    this.removeOldest(name, minute);
    await this.commits.flushed();
  }

  async read(series: string, from: number, to: number): Promise<MinuteCounts[]> {
    const name = keyPart(series);
    return this.minutesOf(name)
      .filter((minute) => from <= minute && minute <= to)
      .map((minute) => ({ minute, counts: Object.fromEntries(this.table.get(name, minute) ?? []) }));
  }

  private removeOldest(name: string, added: number): void {
    const minutes = this.minutesOf(name);
    if (minutes.includes(added)) return;
    minutes.push(added);
    minutes.sort((a, b) => a - b);
    if (minutes.length > MAX_MINUTES) this.put(name, minutes.shift()!, undefined);
  }

  private put(name: string, minute: number, row: CountsRow | undefined): void {
    this.writes += 1;
    this.table.put(name, minute, row, (row?.length ?? 0) * COUNTER_BYTES);
  }

  private minutesOf(name: string): number[] {
    let minutes = this.minutes.get(name);
    if (!minutes) {
      minutes = [...this.table.rows(name).keys()].map(Number).sort((a, b) => a - b);
      this.minutes.set(name, minutes);
    }
    return minutes;
  }
}
