import { ExpiryQueue } from '../timer/expiry.queue.js';
import type { Room } from './room.js';
import type { RoomIndex } from './room.index.js';

/** A room without members is forgotten this long after its latest event, even if that event did not end it. */
const IDLE_MS = 24 * 3_600_000;
const SWEEP_EVERY_MS = 3_600_000;

/** What retention needs from the services of a process. */
export interface RetentionHost {
  readonly records: RoomIndex;
  /** The room of this name, opened when it is not in use; undefined when no service has such rooms. */
  open(name: string): Room | undefined;
  /** Reports that a room could not be forgotten. */
  failed(room: string, error: unknown): void;
}

/**
 * Forgets each room some time after its terminal event, so that reconnecting clients still learn how it ended. It also
 * forgets rooms that ended in an earlier process, and rooms that had neither events nor members for a day.
 */
export class RoomRetention {
  private readonly endedRooms: ExpiryQueue<string>;
  private sweeper: NodeJS.Timeout | undefined;

  /** @param retention_ms 0 forgets at once. */
  constructor(
    private readonly retention_ms: number,
    private readonly host: RetentionHost,
    private readonly idle_ms = IDLE_MS,
  ) {
    this.endedRooms = new ExpiryQueue(retention_ms, (name) => this.forget(name));
  }

  /** The stored index of rooms. */
  get records(): RoomIndex {
    return this.host.records;
  }

  /** How many ended rooms wait to be forgotten. */
  get size(): number {
    return this.endedRooms.size;
  }

  /** Schedules the rooms that ended before this process started. */
  async start(): Promise<void> {
    const now = Date.now();
    const ended = (await this.records.list()).filter(({ isOver }) => isOver);
    this.endedRooms.restore(ended.map(({ room, at }) => [room, at + this.retention_ms - now]));
    this.sweeper = setInterval(() => void this.sweepIdle(), SWEEP_EVERY_MS);
    this.sweeper.unref();
  }

  /** Schedules a room to be forgotten, counted from now. */
  ended(name: string): void {
    if (this.retention_ms === 0) this.forget(name);
    else this.endedRooms.add(name);
  }

  /** Forgets the rooms that had no event for long and have no member; resolves once all of them are forgotten. */
  async sweepIdle(): Promise<void> {
    const { records } = this;
    const before = Date.now() - this.idle_ms - records.accuracy_ms;
    try {
      for (const { room, at } of await records.list()) {
        if (at >= before) return;
        const opened = this.host.open(room);
        if (opened && opened.members.size === 0) await opened.forget();
      }
    } catch (error) {
      this.host.failed('idle rooms', error);
    }
  }

  /** Stops forgetting rooms. */
  close(): void {
    this.endedRooms.close();
    clearInterval(this.sweeper);
  }

  private forget(name: string): void {
    this.host
      .open(name)
      ?.forget()
      .catch((error: unknown) => this.host.failed(name, error));
  }
}
