import { formatPosition, type Position } from '@switchyard/contract';

/**
 * The number of stored events. A replay has at most 1,000, so a client further behind gets a snapshot; many more would
 * make pauses of the garbage collector, which would be measured as gaps in delivery.
 */
const MAX_EVENTS = 2000;

/** A change, with the resulting `version`. */
export interface Change {
  id: string;
  version: number;
}

/** Compares a room's log as its followers see it with the acknowledged changes. */
export class EventLedger {
  /** The events by their positions. */
  private readonly events = new Map<string, string>();
  private readonly seen = new Set<string>();
  /** The acknowledged changes that no follower has seen, by their events. */
  private readonly awaited = new Map<string, Change>();
  /** The versions in snapshots. */
  private readonly shown = new Map<string, number>();

  /** The number of acknowledged events that no follower has seen, in events or snapshots. */
  get unseen(): number {
    return this.awaited.size;
  }

  /** Tells whether an event equals what other followers saw at its position. */
  agrees(position: Position, event: string): boolean {
    const at = formatPosition(position);
    const known = this.events.get(at);
    if (known !== undefined) return known === event;
    this.events.set(at, event);
    this.seen.add(event);
    this.awaited.delete(event);
    for (const [oldest, what] of this.events) {
      if (this.events.size <= MAX_EVENTS) break;
      this.events.delete(oldest);
      this.seen.delete(what);
    }
    return true;
  }

  /** Notes that a snapshot contained these versions. */
  show(changes: readonly Change[]): void {
    for (const { id, version } of changes) {
      if (version > (this.shown.get(id) ?? 0)) this.shown.set(id, version);
    }
    for (const [event, change] of this.awaited) if (this.isShown(change)) this.awaited.delete(event);
  }

  /** Notes that an event was acknowledged, before or after its delivery. */
  acknowledge(event: string, { id, version }: Change): void {
    if (!this.seen.has(event) && !this.isShown({ id, version })) this.awaited.set(event, { id, version });
  }

  private isShown({ id, version }: Change): boolean {
    return version <= (this.shown.get(id) ?? 0);
  }
}
