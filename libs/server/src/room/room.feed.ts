import type { ClusterRooms, RoomFollower } from '../store/cluster.js';

/** Follows what other processes append to a room, while it has members in this process. */
export class RoomFeed {
  private following: Promise<() => void> | undefined;

  constructor(
    private readonly room: string,
    private readonly rooms: ClusterRooms | undefined,
    private readonly follower: RoomFollower,
  ) {}

  /** Resolves once every later append reaches the follower. @throws Fault `store.unavailable` */
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

  /** Stops following. */
  close(): void {
    const following = this.following;
    this.following = undefined;
    void following?.then(
      (stop) => stop(),
      // Following never began, so there is nothing to stop.
      () => undefined,
    );
  }
}
