import { MAX_EXAMPLES, type Mismatch, type MismatchKind, type ParityReport } from '@switchyard/contract';
import { otherLane, type LaneName, type LaneWires } from './lane.js';

/** What is known of a mismatch besides its wire and its time. */
export type Found = Omit<Mismatch, 'wire' | 'at'>;

/** The counts of a comparison so far. */
export interface ComparisonCounts {
  matched: number;
  mismatches: number;
  /** The events that were not compared, because there were too many at once. */
  shed: number;
}

/** Counts what a comparison of two wires finds, and gives it away as reports. */
export class Findings {
  readonly counts: ComparisonCounts = { matched: 0, mismatches: 0, shed: 0 };
  /** What no report has had yet. */
  #fresh: ParityReport;

  constructor(
    private readonly service: string,
    private readonly wires: LaneWires,
    private readonly changed: (mismatch?: Mismatch) => void = () => undefined,
  ) {
    this.#fresh = this.#empty();
  }

  matched(): void {
    this.counts.matched += 1;
    this.#fresh.matched += 1;
    this.changed();
  }

  shed(events: number): void {
    if (events === 0) return;
    this.counts.shed += events;
    this.#fresh.shed += events;
    this.changed();
  }

  mismatch(lane: LaneName, found: Found): void {
    const mismatch = { ...found, wire: this.wires[lane], at: new Date().toISOString() };
    this.counts.mismatches += 1;
    const { mismatches, examples } = this.#fresh;
    mismatches[found.kind] = (mismatches[found.kind] ?? 0) + 1;
    if (examples.length < MAX_EXAMPLES) this.#fresh.examples = [...examples, mismatch];
    this.changed(mismatch);
  }

  /** Reports an event that only one of the lanes has brought: this one has not. */
  absent(lane: LaneName, found: Omit<Found, 'kind'>): void {
    const kind: MismatchKind = lane === 'new' ? 'missing' : 'extra';
    this.mismatch(lane === 'new' ? lane : otherLane(lane), { ...found, kind });
  }

  /** What was found since the last call; undefined when that is nothing. `restore` takes back what did not arrive. */
  take(): { report: ParityReport; restore(): void } | undefined {
    const fresh = this.#fresh;
    const isEmpty = fresh.matched === 0 && fresh.shed === 0 && fresh.examples.length === 0;
    if (isEmpty) return undefined;
    this.#fresh = this.#empty();
    return { report: fresh, restore: () => this.#restore(fresh) };
  }

  #restore(report: ParityReport): void {
    const fresh = this.#fresh;
    fresh.matched += report.matched;
    fresh.shed += report.shed;
    fresh.examples = [...report.examples, ...fresh.examples].slice(0, MAX_EXAMPLES);
    for (const [kind, count] of Object.entries(report.mismatches) as [MismatchKind, number][]) {
      fresh.mismatches[kind] = (fresh.mismatches[kind] ?? 0) + count;
    }
    this.changed();
  }

  #empty(): ParityReport {
    const { old, new: next } = this.wires;
    return { service: this.service, old, new: next, matched: 0, mismatches: {}, shed: 0, examples: [] };
  }
}
