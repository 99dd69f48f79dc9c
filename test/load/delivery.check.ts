import type { Position } from '@switchyard/contract';
import type { Change, EventLedger } from './event.ledger.js';

/** The sum of what clients were delivered, with what was wrong. */
export interface DeliveryTally {
  delivered: number;
  lost: number;
  duplicated: number;
  reordered: number;
  /** How often a client that had a position got a snapshot. */
  snapshots: number;
}

/** Checks that one client gets each event of a room once and in order. */
export class DeliveryCheck {
  private current: Position | undefined;
  /** The skipped offsets; an event that comes later was not lost but reordered. */
  private readonly skipped = new Set<number>();

  constructor(
    private readonly ledger: EventLedger,
    private readonly tally: DeliveryTally,
  ) {}

  /** The position of the last delivery; undefined before the first snapshot. */
  get position(): Position | undefined {
    return this.current;
  }

  /** Counts the missing events up to a position, without those skipped. */
  behind({ offset }: Position): number {
    return Math.max(0, offset - (this.current?.offset ?? 0));
  }

  /** Notes a snapshot, which replaces everything before it. */
  snapshot(changes: readonly Change[], position: Position): void {
    if (this.current) this.tally.snapshots += 1;
    this.ledger.show(changes);
    this.current = position;
    this.skipped.clear();
  }

  /** Notes an event, in a form that is equal for all clients. */
  event(event: string, position: Position): void {
    const { tally, skipped } = this;
    const before = this.current?.offset ?? 0;
    const { offset } = position;
    const isSame = this.ledger.agrees(position, event);
    tally.delivered += 1;
    if (offset <= before) {
      const wasSkipped = skipped.delete(offset);
      if (wasSkipped) tally.lost -= 1;
      tally[isSame && !wasSkipped ? 'duplicated' : 'reordered'] += 1;
      return;
    }
    if (!isSame) tally.reordered += 1;
    for (let missing = before + 1; missing < offset; missing += 1) skipped.add(missing);
    tally.lost += offset - before - 1;
    this.current = position;
  }
}
