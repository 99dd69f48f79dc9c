import { formatPosition, type Position } from '@switchyard/contract';

/** How many events are remembered; nobody is further behind who is not given a snapshot. */
const REMEMBERED = 20_000;

/** A change of something, which is at `version` then. */
export interface Change {
  id: string;
  version: number;
}

/** What a room's log holds as those tell it who follow it, and what of it was acknowledged to those who wrote. */
export class EventLedger {
  private readonly events = new Map<string, string>();
  private readonly seen = new Set<string>();
  private readonly awaited = new Map<string, Change>();
  /** The versions that snapshots showed. */
  private readonly shown = new Map<string, number>();

  /** How many events were acknowledged of which nobody was told so far, not by a snapshot either. */
  get unseen(): number {
    return this.awaited.size;
  }

  /** Whether what was told at a position is what everybody else was told there. */
  tell(position: Position, event: string): boolean {
    const at = formatPosition(position);
    const known = this.events.get(at);
    if (known !== undefined) return known === event;
    this.events.set(at, event);
    this.seen.add(event);
    this.awaited.delete(event);
    for (const [oldest, what] of this.events) {
      if (this.events.size <= REMEMBERED) break;
      this.events.delete(oldest);
      this.seen.delete(what);
    }
    return true;
  }

  /** Says that a snapshot stood in for what led to these versions. */
  show(changes: readonly Change[]): void {
    for (const { id, version } of changes) {
      if (version > (this.shown.get(id) ?? 0)) this.shown.set(id, version);
    }
    for (const [event, change] of this.awaited) if (this.isShown(change)) this.awaited.delete(event);
  }

  /** Says that an event was acknowledged, before or after it was told. */
  acknowledge(event: string, { id, version }: Change): void {
    if (!this.seen.has(event) && !this.isShown({ id, version })) this.awaited.set(event, { id, version });
  }

  private isShown({ id, version }: Change): boolean {
    return version <= (this.shown.get(id) ?? 0);
  }
}
