import type { MemberCount } from '../counters/member.count.js';
import type { RoomConnection } from './room.connection.js';

/** A member of a room with the options of its join. */
export interface Membership {
  readonly member: RoomConnection;
  readonly options: object;
}

/** The members that this process serves in one room. */
export class RoomMembers {
  private readonly memberships = new Map<string, Membership>();
  private readonly wires = new Map<string, MemberCount>();

  /** @param left called with a connection that left the room, or whose admission failed. */
  constructor(private readonly left: (member: RoomConnection) => void) {}

  get size(): number {
    return this.memberships.size;
  }

  /** How many members are on each wire, by its name. */
  get byWire(): ReadonlyMap<string, MemberCount> {
    return this.wires;
  }

  /** Whether the connection with this id is a member. */
  has(id: string): boolean {
    return this.memberships.has(id);
  }

  /** The members' connections. */
  connections(): RoomConnection[] {
    return [...this.memberships.values()].map(({ member }) => member);
  }

  /** Every membership, in the order of admission. */
  [Symbol.iterator](): Iterator<Membership> {
    return this.memberships.values();
  }

  /** Admits a member when `admit` returns true; false means that its connection closed meanwhile. */
  admit(member: RoomConnection, options: object, admit: () => boolean): void {
    let isAdmitted = false;
    try {
      isAdmitted = admit();
    } finally {
      if (isAdmitted) this.add(member, options);
      else this.left(member);
    }
  }

  /** Removes a member, when it is one. */
  remove(id: string): void {
    const membership = this.memberships.get(id);
    this.memberships.delete(id);
    if (!membership) return;
    this.count(membership.member, -1);
    this.left(membership.member);
  }

  private add(member: RoomConnection, options: object): void {
    if (!this.memberships.has(member.id)) this.count(member, 1);
    this.memberships.set(member.id, { member, options });
  }

  private count({ caller: { wire, isShadow } }: RoomConnection, change: 1 | -1): void {
    const { clients, shadows } = this.wires.get(wire) ?? { clients: 0, shadows: 0 };
    const count = isShadow ? { clients, shadows: shadows + change } : { clients: clients + change, shadows };
    this.wires.set(wire, count);
  }
}
