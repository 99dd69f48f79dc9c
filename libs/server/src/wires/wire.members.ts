import type { RoomConnection } from '../room/room.connection.js';

/** The members of one service that one wire serves, by room. */
export class WireMembers<M extends RoomConnection> {
  private readonly byRoom = new Map<string, Map<string, M>>();

  enter(room: string, member: M): void {
    const members = this.byRoom.get(room);
    if (members) members.set(member.id, member);
    else this.byRoom.set(room, new Map([[member.id, member]]));
  }

  exit(room: string, memberId: string): void {
    const members = this.byRoom.get(room);
    if (members?.delete(memberId) && members.size === 0) this.byRoom.delete(room);
  }

  find(room: string, memberId: string): M | undefined {
    return this.byRoom.get(room)?.get(memberId);
  }

  /** Every member, once. */
  all(): Iterable<M> {
    return new Set([...this.byRoom.values()].flatMap((members) => [...members.values()]));
  }

  /** The members of a room, without those in `except`. */
  *in(room: string, except?: ReadonlySet<string>): Generator<M> {
    for (const member of this.byRoom.get(room)?.values() ?? []) {
      if (!except?.has(member.id)) yield member;
    }
  }
}
