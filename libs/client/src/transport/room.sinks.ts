import type { RoomSink } from './transport.js';

/** The rooms on a wire by name; rooms joined with different options may share a name. */
export class RoomSinks {
  readonly #byName = new Map<string, readonly RoomSink[]>();

  /** Adds a room, in place of one with the same id. */
  add(room: RoomSink): void {
    const others = this.named(room.name).filter(({ id }) => id !== room.id);
    this.#byName.set(room.name, [...others, room]);
  }

  /** Whether this very room is in the set, not another with its id. */
  has(room: RoomSink): boolean {
    return this.named(room.name).includes(room);
  }

  /** Removes a room; returns false when it was not in the set. */
  delete(room: RoomSink): boolean {
    const before = this.named(room.name);
    const others = before.filter((other) => other !== room);
    if (others.length > 0) this.#byName.set(room.name, others);
    else this.#byName.delete(room.name);
    return others.length < before.length;
  }

  /** The rooms of one name. */
  named(name: string): readonly RoomSink[] {
    return this.#byName.get(name) ?? [];
  }

  all(): RoomSink[] {
    return [...this.#byName.values()].flat();
  }

  clear(): void {
    this.#byName.clear();
  }
}
