import { isPresenceEvent, type Position } from '@switchyard/contract';
import type { WireEvent, WireReply } from '../transport/transport.js';
import type { ComparisonRules, RoomRules } from './comparison.rules.js';
import { IdentityComparator } from './identity.comparator.js';
import { LANES, type LaneName } from './lane.js';
import { PositionedComparator } from './positioned.comparator.js';

/**
 * Compares the two streams of one room. It has no timers: each call says what time it is, in ms by a monotonic clock.
 * Events with positions on both lanes are matched by position, others by identity.
 */
export class RoomComparator {
  readonly #rules: RoomRules;
  readonly #positioned: PositionedComparator;
  readonly #identity: IdentityComparator;
  /** The lanes whose wire has no positions. */
  readonly #plain = new Set<LaneName>();
  /** The lanes that bring nothing more. */
  readonly #ended = new Set<LaneName>();

  /** @param room the room's name */
  constructor(room: string, rules: ComparisonRules) {
    this.#rules = { ...rules, room, kind: rules.contract.kind };
    this.#positioned = new PositionedComparator(this.#rules);
    this.#identity = new IdentityComparator(this.#rules);
  }

  /** How many events wait for the other lane. */
  get pending(): number {
    return this.#positioned.pending + this.#identity.pending;
  }

  /** Whether nothing is to be decided any more, because one lane has ended and the other has brought all of it. */
  get isDecided(): boolean {
    const awaited = LANES.filter((lane) => !this.#ended.has(lane));
    return awaited.length < LANES.length && awaited.every((lane) => this.#awaited(lane) === 0);
  }

  joined(lane: LaneName, reply: WireReply, at: number): void {
    if (this.#ended.has(lane)) return;
    if (hasPosition(reply)) {
      this.#plain.delete(lane);
      this.#positioned.joined(lane, reply, at);
    } else {
      this.#plain.add(lane);
      this.#positioned.lost(lane, at);
      this.#positioned.shed();
    }
    this.#identity.joined(lane, at);
  }

  event(lane: LaneName, event: WireEvent, at: number): void {
    if (this.#ended.has(lane) || isPresenceEvent(event.event)) return;
    const { position } = event;
    if (position && !this.#isPlain) this.#positioned.event(lane, { ...event, position }, at);
    else this.#identity.event(lane, event, at, this.#isPlain);
    if (this.pending > this.#rules.maxPending) this.shed(at);
  }

  lost(lane: LaneName, at: number): void {
    if (this.#ended.has(lane)) return;
    this.#positioned.lost(lane, at);
    this.#identity.lost(lane, at);
  }

  /** Notes an event that is not compared; `shed` must follow. */
  skip(lane: LaneName, { position }: WireEvent): void {
    if (position) this.#positioned.skip(lane, position);
    this.#rules.findings.shed(1);
  }

  /** Gives up what waits for the other lane, and goes on with what comes next. */
  shed(at: number): void {
    this.#rules.findings.shed(this.#positioned.shed() + this.#identity.shed(at));
  }

  /** Notes that a lane brings nothing more, so that nothing new on the other one is compared. */
  end(lane: LaneName, at: number): void {
    this.#ended.add(lane);
    this.#positioned.end(lane, at);
    this.#identity.end(lane);
  }

  /** Reports what has not come in time. */
  advance(at: number): void {
    this.#positioned.advance(at);
    this.#identity.advance(at, this.#isPlain);
  }

  get #isPlain(): boolean {
    return this.#plain.size > 0;
  }

  #awaited(lane: LaneName): number {
    return this.#positioned.awaited(lane) + this.#identity.awaited(lane);
  }
}

function hasPosition(reply: WireReply): reply is WireReply & Position {
  return reply.epoch !== undefined && reply.offset !== undefined;
}
