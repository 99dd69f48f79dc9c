import type { Position } from '@switchyard/contract';
import type { ReplayLimit, RoomStore, StoredEntry } from '../store/store.js';

/** A gate heals any hole, however long: it feeds members that are there, so no snapshot can stand in for an event. */
const NO_LIMIT: ReplayLimit = { events: Infinity, bytes: Infinity };

/**
 * Lets a room's entries out in log order, each once.
 *
 * Entries may be handed in from several processes and in any order; a hole is healed from the log before anything
 * after it goes out. Calls must not overlap: the room's queue sees to that.
 */
export class RoomGate {
  private delivered: Position | undefined;

  constructor(
    private readonly room: string,
    private readonly rooms: RoomStore,
    private readonly release: (entry: StoredEntry) => void,
  ) {}

  /** Lets `entry` out, and what is missing before it. */
  async accept(entry: StoredEntry): Promise<void> {
    if (this.delivered && !this.isNext(entry)) {
      if (this.delivered.epoch === entry.epoch && this.delivered.offset >= entry.offset) return;
      await this.heal(this.delivered, { epoch: entry.epoch, offset: entry.offset - 1 });
    }
    if (!this.delivered || this.isNext(entry)) this.pass(entry);
  }

  /** Brings the gate to the head of the log and returns that position. */
  async catchUp(): Promise<Position> {
    const head = await this.rooms.head(this.room);
    if (this.delivered && !isSame(this.delivered, head)) await this.heal(this.delivered, head);
    return (this.delivered ??= head);
  }

  private isNext({ epoch, offset }: Position): boolean {
    return this.delivered?.epoch === epoch && this.delivered.offset + 1 === offset;
  }

  // What was let out may be gone from the log, with the end of it or all of it; then it goes on from where they part.
  private async heal(delivered: Position, otherwise: Position): Promise<void> {
    let missed = await this.rooms.read(this.room, delivered, NO_LIMIT);
    if (!missed) {
      this.delivered = (await this.rooms.shared?.(this.room, delivered)) ?? otherwise;
      missed = await this.rooms.read(this.room, this.delivered, NO_LIMIT);
    }
    for (const entry of missed ?? []) this.pass(entry);
  }

  private pass(entry: StoredEntry): void {
    this.delivered = { epoch: entry.epoch, offset: entry.offset };
    this.release(entry);
  }
}

function isSame(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.offset === b.offset;
}
