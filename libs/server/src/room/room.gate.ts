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
    if (this.delivered && entry.offset <= this.delivered.offset) return;
    if (this.delivered && entry.offset > this.delivered.offset + 1) await this.heal();
    if (!this.delivered || entry.offset > this.delivered.offset) this.pass(entry);
  }

  /** Brings the gate to the head of the log and returns that position. */
  async catchUp(): Promise<Position> {
    const head = await this.rooms.head(this.room);
    if (this.delivered && head.offset > this.delivered.offset) await this.heal();
    if (!this.delivered || this.delivered.epoch !== head.epoch) this.delivered = head;
    return this.delivered;
  }

  private async heal(): Promise<void> {
    const missed = await this.rooms.read(this.room, this.delivered!, NO_LIMIT);
    for (const entry of missed ?? []) this.pass(entry);
  }

  private pass(entry: StoredEntry): void {
    this.delivered = { epoch: entry.epoch, offset: entry.offset };
    this.release(entry);
  }
}
