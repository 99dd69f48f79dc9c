/** How many offsets a lane may miss at a time; of more, the oldest are forgotten. */
const MAX_HOLES = 1000;

/** What an offset is for its lane: the next one or a later one, one that a later event has passed, or one it had. */
export type OffsetKind = 'new' | 'passed' | 'had';

/** The offsets that a lane has brought since it joined. */
export class LaneOffsets {
  /** Nothing up to this offset is expected of the lane. */
  floor = 0;
  head = 0;
  /** The offsets between floor and head that the lane has not brought. */
  readonly #holes = new Set<number>();
  /** Up to this offset events may come again, because the lane joined again. */
  #repeatedTo = 0;

  /** Starts anew at an offset. */
  restart(offset: number): void {
    this.floor = this.head = this.#repeatedTo = offset;
    this.#holes.clear();
  }

  /** Expects nothing more up to an offset. */
  skipTo(offset: number): void {
    this.floor = Math.max(this.floor, offset);
    this.head = Math.max(this.head, this.floor);
    for (const hole of this.#holes) if (hole <= this.floor) this.#holes.delete(hole);
  }

  /** Lets the events so far come again. */
  rejoined(): void {
    this.#repeatedTo = this.head;
  }

  mayRepeat(offset: number): boolean {
    return offset <= this.#repeatedTo;
  }

  has(offset: number): boolean {
    return offset <= this.head && !this.#holes.has(offset);
  }

  /** Adds an offset above the floor; `isReplay` says that what it passes over was left out on purpose. */
  add(offset: number, isReplay: boolean): OffsetKind {
    if (offset <= this.head) return this.#holes.delete(offset) ? 'passed' : 'had';
    if (!isReplay) this.#addHoles(Math.max(this.head + 1, offset - MAX_HOLES), offset);
    this.head = offset;
    return 'new';
  }

  #addHoles(from: number, to: number): void {
    if (from > this.head + 1) this.skipTo(from - 1);
    for (let hole = from; hole < to; hole += 1) this.#holes.add(hole);
    for (const hole of this.#holes) {
      if (this.#holes.size <= MAX_HOLES) return;
      this.skipTo(hole);
    }
  }
}
