import { Fault, type Position } from '@switchyard/contract';
import type { RoomStore } from '../store/store.js';
import type { Membership } from './room.members.js';
import type { RoomView } from './room.view.js';

/** What a restart needs from the service around the room. */
export interface RestartHost {
  readonly rooms: RoomStore;
  snapshot(key: string, view: RoomView): object | undefined | Promise<object | undefined>;
  /** Whether the member cannot notice that events are missing. */
  missesHoles?(memberId: string, room: string): boolean;
  /** Sends a member the snapshot as of `position`; without a snapshot, closes its connection so that it reconnects. */
  restart?(memberId: string, room: string, snapshot: object | undefined, position: Position): void;
}

/** Gives a snapshot to the members that cannot notice a hole in a room's events. */
export class RoomRestart {
  constructor(
    private readonly room: { readonly name: string; readonly key: string },
    private readonly members: Iterable<Membership>,
    private readonly host: RestartHost,
  ) {}

  /**
   * Takes a snapshot as of `head` for each such member; undefined when the log's head moved meanwhile. Calling the
   * result hands the snapshots out in one synchronous step and returns the ids of the members that got one.
   *
   * @throws Fault `store.unavailable`
   */
  async prepare(head: Position): Promise<(() => ReadonlySet<string>) | undefined> {
    const { name } = this.room;
    const snapshots = new Map<string, object | undefined>();
    for (const { member, options } of this.members) {
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
      // The room is checked again when the store is back. Any other failure must not stop the room.
      if (thrown instanceof Fault && thrown.code === 'store.unavailable') throw thrown;
      return undefined;
    }
  }
}
