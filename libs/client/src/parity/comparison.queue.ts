import type { TimerSet } from '../timer/timer.set.js';
import type { WireEvent, WireReply } from '../transport/transport.js';
import { ActiveClock } from './active.clock.js';
import type { LaneName } from './lane.js';
import type { RoomComparator } from './room.comparator.js';

/** Something that happened on a lane of a room. */
export type LaneChange =
  { kind: 'joined'; reply: WireReply } | { kind: 'event'; event: WireEvent } | { kind: 'lost' } | { kind: 'end' };

interface Task {
  room: RoomComparator;
  lane: LaneName;
  change: LaneChange;
  at: number;
}

/** How many events may wait to be compared, how long comparing takes at a time, and how often a wait is looked at. */
export interface QueueLimits {
  maxQueued: number;
  sliceMs: number;
  tickMs: number;
}

const DEFAULT_QUEUE_LIMITS: QueueLimits = { maxQueued: 2000, sliceMs: 4, tickMs: 250 };

/** How many tasks run between two looks at the clock. */
const BATCH = 20;

/**
 * Takes what happens on the lanes, and has it compared in short slices later, so that no delivery waits for a comparison.
 * When too much waits, it is dropped and counted, and comparing goes on with what comes next.
 */
export class ComparisonQueue {
  #tasks: Task[] = [];
  #done = 0;
  readonly #rooms = new Set<RoomComparator>();
  readonly #clock = new ActiveClock();
  #cancelSlice?: () => void;
  #cancelTick?: () => void;

  constructor(
    private readonly timers: TimerSet,
    private readonly limits: QueueLimits = DEFAULT_QUEUE_LIMITS,
    /** Called after each slice. */
    private readonly reviewed: () => void = () => undefined,
  ) {}

  /** How many events wait to be compared, or for the other lane. */
  get pending(): number {
    return this.#queued + [...this.#rooms].reduce((sum, room) => sum + room.pending, 0);
  }

  add(room: RoomComparator): void {
    this.#rooms.add(room);
  }

  delete(room: RoomComparator): void {
    this.#rooms.delete(room);
  }

  push(room: RoomComparator, lane: LaneName, change: LaneChange): void {
    if (this.#queued >= this.limits.maxQueued) this.shedAll();
    this.#tasks.push({ room, lane, change, at: this.#clock.now() });
    this.#cancelSlice ??= this.timers.after(0, () => this.#slice());
  }

  get #queued(): number {
    return this.#tasks.length - this.#done;
  }

  #slice(): void {
    this.#cancelSlice = undefined;
    const end = performance.now() + this.limits.sliceMs;
    do {
      const batch = this.#tasks.slice(this.#done, this.#done + BATCH);
      this.#done += batch.length;
      batch.forEach(run);
    } while (this.#queued > 0 && performance.now() < end);
    if (this.#queued > 0) this.#cancelSlice = this.timers.after(0, () => this.#slice());
    else this.#clear();
    this.reviewed();
    this.#awaitTick();
  }

  #awaitTick(): void {
    if (this.#cancelTick || ![...this.#rooms].some(({ pending }) => pending > 0)) return;
    this.#cancelTick = this.timers.after(this.limits.tickMs, () => this.#tick());
  }

  #tick(): void {
    this.#cancelTick = undefined;
    const at = this.#clock.now();
    // What has come already, but was not compared yet, is not missing.
    if (this.#queued === 0) this.#rooms.forEach((room) => room.advance(at));
    this.reviewed();
    this.#awaitTick();
  }

  /** Drops what waits, and goes on with what comes next. */
  shedAll(): void {
    for (const { room, lane, change, at } of this.#tasks.slice(this.#done)) {
      if (change.kind === 'event') room.skip(lane, change.event);
      else run({ room, lane, change, at });
    }
    this.#clear();
    const at = this.#clock.now();
    this.#rooms.forEach((room) => room.shed(at));
  }

  #clear(): void {
    this.#tasks = [];
    this.#done = 0;
  }
}

function run({ room, lane, change, at }: Task): void {
  switch (change.kind) {
    case 'joined':
      return room.joined(lane, change.reply, at);
    case 'event':
      return room.event(lane, change.event, at);
    case 'lost':
      return room.lost(lane, at);
    case 'end':
      return room.end(lane, at);
  }
}
