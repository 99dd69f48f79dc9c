/** The counts of one minute. */
export interface MinuteCounts {
  /** The Unix time divided by 60 s, rounded down. */
  minute: number;
  /** Whole numbers by name. */
  counts: Record<string, number>;
}

/** Counters by minute, which several processes add to. */
export interface SeriesStore {
  /**
   * Adds to the counts of one minute, all of them or none. Of each series the latest `MAX_MINUTES` minutes are kept, and of
   * each minute the first `MAX_COUNTERS` names.
   *
   * @throws TypeError when a name or a number is none that can be stored; Fault as `Store` says
   */
  add(series: string, minute: number, counts: Readonly<Record<string, number>>): Promise<void>;
  /** The minutes `from` to `to` that have counts, in ascending order. @throws Fault `store.unavailable` */
  read(series: string, from: number, to: number): Promise<MinuteCounts[]>;
}

/** How many minutes of a series are kept: a day. */
export const MAX_MINUTES = 1440;
/** How many counters one minute of a series has. */
export const MAX_COUNTERS = 2000;
/** The longest name of a series or a counter, in characters. */
export const MAX_COUNTER_NAME = 100;

/** Checks what is about to be added. @throws TypeError */
export function checkCounts(series: string, minute: number, counts: Readonly<Record<string, number>>): void {
  const names = Object.keys(counts);
  const tooLong = [series, ...names].find((name) => name.length === 0 || name.length > MAX_COUNTER_NAME);
  if (tooLong !== undefined) {
    throw new TypeError(`unable to count; a name has 1 to ${MAX_COUNTER_NAME} characters, not ${tooLong.length}`);
  }
  const wrong = [minute, ...Object.values(counts)].find((count) => !Number.isSafeInteger(count) || count < 0);
  if (wrong !== undefined) throw new TypeError(`unable to count; ${wrong} is not a whole number`);
}

/** Adds to the counts of a minute; a name beyond `MAX_COUNTERS` is left out. */
export function addCounts(to: Map<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) {
    const known = to.get(name);
    if (known !== undefined || to.size < MAX_COUNTERS) to.set(name, (known ?? 0) + count);
  }
}
