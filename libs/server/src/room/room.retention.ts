import { timerMs } from '../timer/long.timer.js';
import type { Room } from './room.js';
import type { RoomIndex } from './room.index.js';

/** A room without members is forgotten this long after its last event, whether or not that was to be its last. */
const IDLE_MS = 24 * 3_600_000;
const SWEEP_EVERY_MS = 3_600_000;

/** What retention works with. */
export interface RetentionHost {
  readonly records: RoomIndex;
  /** The room of that name, opened if need be; undefined when no service has such rooms. */
  open(name: string): Room | undefined;
  failed(room: string, error: unknown): void;
}

/**
 * Forgets rooms some time after their last event, so that clients still reconnecting find how it ended; also rooms of
 * an earlier process, and rooms that nobody has been in for a day.
 *
 * One timer for all rooms: they all wait equally long, so the one that ended first is due first.
 */
export class RoomRetention {
  /** When rooms are due, in monotonic ms. */
  private due = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private sweeper: NodeJS.Timeout | undefined;

  /** @param retention_ms 0 forgets at once. */
  constructor(
    private readonly retention_ms: number,
    private readonly host: RetentionHost,
    private readonly idle_ms = IDLE_MS,
  ) {}

  /** What is on record of the rooms. */
  get records(): RoomIndex {
    return this.host.records;
  }

  /** How many rooms wait to be forgotten. */
  get size(): number {
    return this.due.size;
  }

  /** Takes up the rooms that ended before this process began. */
  async start(): Promise<void> {
    const now = Date.now();
    const left = new Map<string, number>();
    for (const { room, at, isOver } of await this.records.list()) {
      if (!isOver) continue;
      // A clock that was set in between makes nobody wait longer than the others.
      const wait = Math.min(Math.max(0, at + this.retention_ms - now), this.retention_ms);
      left.set(room, performance.now() + wait);
    }
    this.due = new Map([...left, ...this.due]);
    this.arm();
    this.sweeper = setInterval(() => void this.sweepIdle(), SWEEP_EVERY_MS);
    this.sweeper.unref();
  }

  /** Starts the clock of a room. */
  ended(name: string): void {
    if (this.retention_ms === 0) return this.forget(name);
    this.due.delete(name);
    this.due.set(name, performance.now() + this.retention_ms);
    this.arm();
  }

  /** Forgets the rooms in which nothing has happened for long and nobody is; resolves once all are forgotten. */
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

  /** Stops the clocks. */
  close(): void {
    clearTimeout(this.timer);
    clearInterval(this.sweeper);
    this.timer = undefined;
    this.due.clear();
  }

  private arm(): void {
    const next = this.due.values().next().value;
    if (this.timer !== undefined || next === undefined) return;
    this.timer = setTimeout(() => this.sweep(), timerMs(next - performance.now()));
    this.timer.unref();
  }

  private sweep(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const [name, at] of this.due) {
      if (at > now) break;
      this.due.delete(name);
      this.forget(name);
    }
    this.arm();
  }

  private forget(name: string): void {
    this.host
      .open(name)
      ?.forget()
      .catch((error: unknown) => this.host.failed(name, error));
  }
}
