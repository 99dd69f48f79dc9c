import { Fault, type Position } from '@switchyard/contract';
import type { RoomStore } from '../store/store.js';
import type { RoomConnection } from './room.connection.js';
import type { RoomView } from './room.view.js';

/** What it takes to put members of a room on a snapshot. */
export interface RestartHost {
  readonly rooms: RoomStore;
  snapshot(key: string, view: RoomView): object | undefined | Promise<object | undefined>;
  /** Whether the member would not notice that events are missing. */
  missesHoles?(memberId: string, room: string): boolean;
  /** Hands a member the snapshot as of `position`; without one, closes its connection so that it comes back. */
  restart?(memberId: string, room: string, snapshot: object | undefined, position: Position): void;
}

/** A member of a room as it sees it. */
export interface Seat {
  readonly member: RoomConnection;
  /** The options of its join. */
  readonly options: object;
}

/** Puts the members that cannot see a hole in a room's events on a snapshot in its place. */
export class RoomRestart {
  constructor(
    private readonly room: { readonly name: string; readonly key: string; seats(): Iterable<Seat> },
    private readonly host: RestartHost,
  ) {}

  /**
   * Takes each such member's snapshot as of `head`; undefined when the log moved on meanwhile. What it resolves to hands
   * them out in one synchronous step, and returns who got one.
   *
   * @throws Fault `store.unavailable`
   */
  async prepare(head: Position): Promise<(() => ReadonlySet<string>) | undefined> {
    const { name } = this.room;
    const snapshots = new Map<string, object | undefined>();
    for (const { member, options } of this.room.seats()) {
      if (!this.host.missesHoles?.(member.id, name)) continue;
      snapshots.set(member.id, await this.snapshotFor({ caller: member.caller, options }));
    }
    if (snapshots.size > 0) {
      const now = await this.host.rooms.head(name);
      if (now.epoch !== head.epoch || now.offset !== head.offset) return undefined;
    }
    return () => {
      for (const [id, snapshot] of snapshots) this.host.restart?.(id, name, snapshot, head);
      return new Set(snapshots.keys());
    };
  }

  private async snapshotFor(view: RoomView): Promise<object | undefined> {
    try {
      return await this.host.snapshot(this.room.key, view);
    } catch (thrown) {
      // The store comes back, and the room is looked at again then; whatever else fails must not stop the room.
      if (thrown instanceof Fault && thrown.code === 'store.unavailable') throw thrown;
      return undefined;
    }
  }
}
