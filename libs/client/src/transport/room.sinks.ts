import type { RoomSink } from './transport.js';

/** The rooms on a wire, by name: several may have the same, joined with other options. */
export class RoomSinks {
  private readonly byName = new Map<string, readonly RoomSink[]>();

  /** Adds a room; one of the same id makes way for it. */
  add(room: RoomSink): void {
    const others = this.named(room.name).filter(({ id }) => id !== room.id);
    this.byName.set(room.name, [...others, room]);
  }

  /** Whether this room, not just one of its id, is there. */
  has(room: RoomSink): boolean {
    return this.named(room.name).includes(room);
  }

  /** Takes a room away; false when it was not there. */
  delete(room: RoomSink): boolean {
    if (!this.has(room)) return false;
    const others = this.named(room.name).filter((other) => other !== room);
    if (others.length > 0) this.byName.set(room.name, others);
    else this.byName.delete(room.name);
    return true;
  }

  /** The rooms of one name. */
  named(name: string): readonly RoomSink[] {
    return this.byName.get(name) ?? [];
  }

  all(): RoomSink[] {
    return [...this.byName.values()].flat();
  }

  clear(): void {
    this.byName.clear();
  }
}
