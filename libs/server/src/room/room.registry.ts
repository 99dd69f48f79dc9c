import { Room, type RoomHost } from './room.js';

/** The rooms of one service that this process uses. */
export class RoomRegistry {
  private readonly rooms = new Map<string, Room>();

  constructor(private readonly host: Omit<RoomHost, 'idle'>) {}

  /** The room under `key`, opened when it is not in use yet. */
  open(key: string): Room {
    let room = this.rooms.get(key);
    if (!room) {
      this.rooms.set(key, (room = new Room(key, { ...this.host, idle: (idle) => this.close(idle) })));
    }
    return room;
  }

  /** The room under `key` if it is in use. */
  find(key: string): Room | undefined {
    return this.rooms.get(key);
  }

  /** The ids of the members of all rooms in this process. */
  memberIds(): Set<string> {
    const rooms = [...this.rooms.values()];
    return new Set(rooms.flatMap(({ members }) => members.connections().map(({ id }) => id)));
  }

  /** The keys of the rooms that have members in this process. */
  occupied(): string[] {
    return [...this.rooms.values()].filter(({ members }) => members.size > 0).map(({ key }) => key);
  }

  /** How many rooms are in use. */
  get size(): number {
    return this.rooms.size;
  }

  private close(room: Room): void {
    if (this.rooms.get(room.key) === room) this.rooms.delete(room.key);
  }
}
