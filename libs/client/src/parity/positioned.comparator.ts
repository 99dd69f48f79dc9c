import type { LoggedEvent, Position } from '@switchyard/contract';
import type { WireEvent, WireReply } from '../transport/transport.js';
import type { RoomRules } from './comparison.rules.js';
import { LANES, otherLane, pairOf, type LaneName } from './lane.js';
import { LaneClock } from './lane.clock.js';
import { LaneOffsets } from './lane.offsets.js';

/** An event that one lane has brought and the other has not. */
interface Waiting {
  event: PositionedEvent;
  /** By the clock of the awaited lane. */
  at: number;
  /** How often the awaited lane had joined by then. */
  joins: number;
  /** Whether its own lane has left it out, and brought it only when it joined again. */
  isHealed: boolean;
}

type PositionedEvent = WireEvent & { position: Position };

/** One lane of a room. */
class Lane {
  readonly offsets = new LaneOffsets();
  readonly clock = new LaneClock();
  /** What the other lane has brought and this one has not, by position, the oldest first. */
  readonly waiting = new Map<string, Waiting>();
  /** What came before the reply to a join. */
  held: PositionedEvent[] = [];
  epoch?: string;
  joins = 0;
}

/** How many positions reported as missing are remembered, so that they are not reported again when they come. */
const MAX_SETTLED = 1000;

/** Compares the events of a room that have positions; both lanes bring each position once and in order. */
export class PositionedComparator {
  readonly #lanes: Readonly<Record<LaneName, Lane>> = { old: new Lane(), new: new Lane() };
  readonly #settled = new Set<string>();
  /** The lanes that bring nothing more. */
  readonly #over = new Set<LaneName>();

  constructor(private readonly rules: RoomRules) {}

  /** How many events wait for the other lane. */
  get pending(): number {
    return this.#lanes.old.waiting.size + this.#lanes.new.waiting.size;
  }

  /** How many events wait for this lane. */
  awaited(name: LaneName): number {
    return this.#lanes[name].waiting.size;
  }

  joined(name: LaneName, reply: WireReply & Position, at: number): void {
    const lane = this.#lanes[name];
    const isContinued = reply.recovered && lane.epoch !== undefined;
    lane.clock.start(at);
    lane.joins += 1;
    lane.epoch = reply.epoch;
    if (isContinued) this.#resume(name, reply, at);
    else this.#align(name, reply);
    for (const event of lane.held.splice(0)) this.event(name, event, at);
  }

  event(name: LaneName, event: PositionedEvent, at: number): void {
    const lane = this.#lanes[name];
    if (!lane.clock.isRunning) {
      // An event may overtake the reply to a join.
      if (lane.held.length < MAX_SETTLED) lane.held.push(event);
      return;
    }
    // The client joins again for a new epoch, and the reply says where it starts.
    if (event.position.epoch !== lane.epoch) lane.clock.stop(at);
    else this.#arrive(name, event, at, false);
  }

  lost(name: LaneName, at: number): void {
    this.#lanes[name].clock.stop(at);
    this.#lanes[name].held = [];
  }

  /** Expects nothing more of a lane. */
  end(name: LaneName, at: number): void {
    const { clock, waiting } = this.#lanes[name];
    clock.stop(at);
    waiting.clear();
    this.#over.add(name);
  }

  /** Notes an event that is not compared. */
  skip(name: LaneName, { epoch, offset }: Position): void {
    const lane = this.#lanes[name];
    if (epoch === lane.epoch) lane.offsets.skipTo(Math.max(offset, lane.offsets.head));
  }

  /** Gives up what waits, and goes on after what either lane has brought; returns how many events that were. */
  shed(): number {
    const { pending } = this;
    const head = Math.max(...LANES.map((name) => this.#lanes[name].offsets.head));
    for (const name of LANES) {
      this.#lanes[name].waiting.clear();
      this.#lanes[name].offsets.skipTo(head);
    }
    return pending;
  }

  /** Reports what has not come in time. */
  advance(at: number): void {
    for (const name of LANES) this.#expire(name, at);
  }

  #resume(name: LaneName, { epoch, offset, events = [] }: WireReply & Position, at: number): void {
    const { offsets } = this.#lanes[name];
    for (const event of events) this.#arrive(name, positioned(event), at, true);
    offsets.rejoined();
    // In a state room, a replay may have the latest event only.
    if (this.rules.kind === 'state') this.#passOver(name, { epoch, offset }, false);
  }

  /** Snapshots are not compared: the domain may be ahead of the position that they are given at. */
  #align(name: LaneName, { epoch, offset, events = [] }: WireReply & Position): void {
    const start = Math.max(offset, ...events.map((event) => event.offset));
    this.#lanes[name].offsets.restart(start);
    this.#passOver(name, { epoch, offset: start }, true);
  }

  /** Expects nothing of a lane up to a position; when the lane starts anew, nothing of other epochs either. */
  #passOver(name: LaneName, { epoch, offset }: Position, isAnew: boolean): void {
    this.#lanes[name].offsets.skipTo(offset);
    for (const awaited of isAnew ? LANES : [name]) {
      const { waiting } = this.#lanes[awaited];
      for (const [key, { event }] of waiting) {
        const { position } = event;
        if (position.offset <= offset || (isAnew && position.epoch !== epoch)) waiting.delete(key);
      }
    }
  }

  #arrive(name: LaneName, event: PositionedEvent, at: number, isReplay: boolean): void {
    const { position } = event;
    const lane = this.#lanes[name];
    const other = this.#lanes[otherLane(name)];
    if (position.offset <= lane.offsets.floor) return;
    const kind = lane.offsets.add(position.offset, isReplay);
    const isCompared = other.epoch !== undefined && position.offset > other.offsets.floor;
    const key = keyOf(position);
    const match = lane.waiting.get(key);
    // A replay of a state room moves the other lane's floor past what it has brought.
    if (!isCompared && !match) return;
    if (kind === 'had') {
      if (!isReplay && !lane.offsets.mayRepeat(position.offset)) this.#found('duplicated', name, event);
      return;
    }
    if (this.#settled.delete(key)) return;
    if (kind === 'passed' && !isReplay) this.#found('reordered', name, event);
    const isHealed = kind === 'passed' && isReplay;
    if (match) {
      lane.waiting.delete(key);
      this.#match(name, event, match, { at, isHealed, isReplay, isReordered: kind === 'passed' && !isReplay });
    } else if (!other.offsets.has(position.offset) && !this.#over.has(otherLane(name))) {
      other.waiting.set(key, { event, at: other.clock.read(at), joins: other.joins, isHealed });
    }
  }

  #match(
    name: LaneName,
    event: PositionedEvent,
    waiting: Waiting,
    how: { at: number; isHealed: boolean; isReplay: boolean; isReordered: boolean },
  ): void {
    const { findings, forms, lateMs, room } = this.rules;
    const { epoch, offset } = event.position;
    const where = { room, name: event.event, epoch, offset };
    // The wire has lost the event, and the client has noticed and asked for it.
    if (how.isHealed !== waiting.isHealed) {
      findings.absent(how.isHealed ? name : otherLane(name), where);
      return;
    }
    const lane = this.#lanes[name];
    const fields = forms.differences(pairOf(name, event, waiting.event), false);
    const waited_ms = Math.round(lane.clock.read(how.at) - waiting.at);
    const isLate = waited_ms > lateMs && !how.isReplay && waiting.joins === lane.joins;
    if (fields.length > 0) findings.mismatch('new', { ...where, kind: 'changed', fields });
    if (isLate) findings.mismatch(name, { ...where, kind: 'late', late_ms: waited_ms });
    if (fields.length === 0 && !isLate && !how.isReordered) findings.matched();
  }

  #expire(name: LaneName, at: number): void {
    const { clock, epoch, waiting } = this.#lanes[name];
    const { findings, missingMs, room } = this.rules;
    const now = clock.read(at);
    for (const [key, { event, at: since }] of waiting) {
      if (now - since < missingMs) return;
      // A lane that has yet to hear of a new epoch will join again.
      if (event.position.epoch !== epoch) continue;
      waiting.delete(key);
      this.#settle(key);
      findings.absent(name, { room, name: event.event, ...event.position });
    }
  }

  #settle(key: string): void {
    this.#settled.add(key);
    for (const oldest of this.#settled) {
      if (this.#settled.size <= MAX_SETTLED) return;
      this.#settled.delete(oldest);
    }
  }

  #found(kind: 'duplicated' | 'reordered', name: LaneName, { event, position }: PositionedEvent): void {
    this.rules.findings.mismatch(name, { kind, room: this.rules.room, name: event, ...position });
  }
}

function keyOf({ epoch, offset }: Position): string {
  return `${epoch}:${offset}`;
}

function positioned({ event, payload, epoch, offset, ...rest }: LoggedEvent): PositionedEvent {
  return { event, payload, position: { epoch, offset }, ...rest };
}
