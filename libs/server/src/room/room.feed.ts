import type { ClusterRooms, RoomFollower } from '../store/cluster.js';

/** Keeps a room in touch with the other processes that append to it, while somebody is in it. */
export class RoomFeed {
  private following: Promise<() => void> | undefined;

  constructor(
    private readonly room: string,
    private readonly rooms: ClusterRooms | undefined,
    private readonly follower: RoomFollower,
  ) {}

  /** Resolves once nothing that is appended from now on can be missed. @throws Fault `store.unavailable` */
  async open(): Promise<void> {
    if (!this.rooms) return;
    this.following ??= this.rooms.follow(this.room, this.follower);
    try {
      await this.following;
    } catch (error) {
      this.following = undefined;
      throw error;
    }
  }

  /** Hears no more. */
  close(): void {
    const following = this.following;
    this.following = undefined;
    // One that failed has nothing to end.
    void following?.then(
      (stop) => stop(),
      () => undefined,
    );
  }
}
