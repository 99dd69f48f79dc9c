import type { Room } from './room.js';

/**
 * Forgets rooms some time after their last event, so that clients still reconnecting find how it ended.
 *
 * One timer for all rooms: they all wait equally long, so the one that ended first is due first.
 */
export class RoomRetention {
  private readonly due = new Map<string, { room: () => Room; at: number }>();
  private timer: NodeJS.Timeout | undefined;

  /** @param retention_ms 0 forgets at once. */
  constructor(
    private readonly retention_ms: number,
    private readonly failed: (room: string, error: unknown) => void,
  ) {}

  /** How many rooms wait to be forgotten. */
  get size(): number {
    return this.due.size;
  }

  /** Starts the clock of a room; `room` opens it again when its time has come. */
  ended(name: string, room: () => Room): void {
    if (this.retention_ms === 0) return this.forget(name, room);
    this.due.delete(name);
    this.due.set(name, { room, at: performance.now() + this.retention_ms });
    this.arm();
  }

  /** Stops the clocks. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.due.clear();
  }

  private arm(): void {
    const next = this.due.values().next().value;
    if (this.timer !== undefined || !next) return;
    this.timer = setTimeout(() => this.sweep(), Math.max(0, next.at - performance.now()));
    this.timer.unref();
  }

  private sweep(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const [name, { room, at }] of this.due) {
      if (at > now) break;
      this.due.delete(name);
      this.forget(name, room);
    }
    this.arm();
  }

  private forget(name: string, room: () => Room): void {
    room()
      .forget()
      .catch((error: unknown) => this.failed(name, error));
  }
}
