import type { WireEvent } from '../transport/transport.js';
import type { RoomRules } from './comparison.rules.js';
import { LANES, otherLane, pairOf, type LaneName } from './lane.js';
import { LaneClock } from './lane.clock.js';

/** An event that one lane has brought and the other has not. */
interface Waiting {
  event: WireEvent;
  identity: string;
  /** Its number on its own lane. */
  number: number;
  /** By the clock of the awaited lane. */
  at: number;
  /** Whether its own lane has brought an event with this identity before. */
  isRepeat: boolean;
}

/** How many identities of a lane are remembered, to tell a repeated event from an additional one. */
const MAX_IDENTITIES = 1000;

/** One lane of a room. */
class Lane {
  readonly clock = new LaneClock();
  /** What the other lane has brought and this one has not, by identity. */
  readonly waiting = new Map<string, Waiting[]>();
  readonly identities = new Set<string>();
  /** Whether the lane brings nothing more. */
  isOver = false;
  count = 0;
  /** The highest number of a matched event. */
  lastMatched = 0;

  get awaited(): number {
    return [...this.waiting.values()].reduce((sum, { length }) => sum + length, 0);
  }
}

/**
 * Compares the events of a room that have no positions, by what the codec recognises them by. What came before both lanes
 * had joined is in the snapshot of one of them, so comparing begins at the first event that both have brought.
 */
export class IdentityComparator {
  readonly #lanes: Readonly<Record<LaneName, Lane>> = { old: new Lane(), new: new Lane() };
  /** When both lanes had joined; undefined once they are aligned. */
  #aligningSince?: number;

  constructor(private readonly rules: RoomRules) {}

  /** How many events wait for the other lane. */
  get pending(): number {
    return this.awaited('old') + this.awaited('new');
  }

  /** How many events wait for this lane. */
  awaited(name: LaneName): number {
    return this.#lanes[name].awaited;
  }

  joined(name: LaneName, at: number): void {
    this.#lanes[name].clock.start(at);
    this.#realign(at);
  }

  lost(name: LaneName, at: number): void {
    this.#lanes[name].clock.stop(at);
    this.#realign(at);
  }

  /** Expects nothing more of a lane. */
  end(name: LaneName): void {
    this.#lanes[name].isOver = true;
    this.#lanes[name].waiting.clear();
  }

  /** Gives up what waits, and aligns the lanes again; returns how many events that were. */
  shed(at: number): number {
    const { pending } = this;
    this.#realign(at);
    return pending;
  }

  /** @param isPlain whether one of the lanes has no positions at all, and the old wire's fields only */
  event(name: LaneName, event: WireEvent, at: number, isPlain: boolean): void {
    if (LANES.some((lane) => !this.#lanes[lane].clock.isRunning)) return;
    const identity = this.rules.forms.identify(event);
    if (identity === undefined) return;
    this.#advanceAlignment(at);
    const lane = this.#lanes[name];
    const other = this.#lanes[otherLane(name)];
    const number = (lane.count += 1);
    const match = takeFirst(lane.waiting, identity);
    if (match) this.#match(name, { event, number, at }, match, isPlain);
    else if (!other.isOver) {
      const isRepeat = lane.identities.has(identity);
      const waiting = { event, identity, number, at: other.clock.read(at), isRepeat };
      other.waiting.set(identity, [...(other.waiting.get(identity) ?? []), waiting]);
    }
    remember(lane.identities, identity);
  }

  /** Reports what has not come in time. */
  advance(at: number, isPlain: boolean): void {
    this.#advanceAlignment(at);
    if (this.#aligningSince !== undefined) return;
    for (const name of LANES) this.#expire(name, at, isPlain);
  }

  #match(
    name: LaneName,
    { event, number, at }: { event: WireEvent; number: number; at: number },
    waiting: Waiting,
    isPlain: boolean,
  ): void {
    const { findings, forms, lateMs, room } = this.rules;
    const lane = this.#lanes[name];
    const other = this.#lanes[otherLane(name)];
    if (this.#aligningSince !== undefined) this.#aligned(name, waiting.number, number);
    const { identity } = waiting;
    const where = { room, name: event.event, identity };
    const isReordered = number > lane.lastMatched !== waiting.number > other.lastMatched;
    lane.lastMatched = Math.max(lane.lastMatched, number);
    other.lastMatched = Math.max(other.lastMatched, waiting.number);
    const fields = forms.differences(pairOf(name, event, waiting.event), isPlain);
    const waited_ms = Math.round(lane.clock.read(at) - waiting.at);
    const isLate = waited_ms > lateMs;
    if (isReordered) findings.mismatch('new', { ...where, kind: 'reordered' });
    if (fields.length > 0) findings.mismatch('new', { ...where, kind: 'changed', fields });
    if (isLate) findings.mismatch(name, { ...where, kind: 'late', late_ms: waited_ms });
    if (!isReordered && !isLate && fields.length === 0) findings.matched();
  }

  #realign(at: number): void {
    this.#aligningSince = at;
    for (const name of LANES) {
      const lane = this.#lanes[name];
      lane.waiting.clear();
      lane.identities.clear();
      lane.lastMatched = 0;
      lane.count = 0;
    }
  }

  /** Without a common event, comparing begins once an event that both have brought would be late. */
  #advanceAlignment(at: number): void {
    if (this.#aligningSince === undefined || at - this.#aligningSince <= this.rules.lateMs) return;
    this.#aligningSince = undefined;
    for (const name of LANES) this.#lanes[name].waiting.clear();
  }

  /** Begins at a pair, of which the event that waited for `name` has the first number. */
  #aligned(name: LaneName, waitedNumber: number, number: number): void {
    this.#aligningSince = undefined;
    forgetUntil(this.#lanes[name].waiting, waitedNumber);
    forgetUntil(this.#lanes[otherLane(name)].waiting, number);
  }

  #expire(name: LaneName, at: number, isPlain: boolean): void {
    const { clock, waiting } = this.#lanes[name];
    const { contract, findings, missingMs, room } = this.rules;
    const now = clock.read(at);
    for (const [identity, events] of waiting) {
      const over = events.filter((one) => now - one.at >= missingMs);
      if (over.length === 0) continue;
      if (over.length === events.length) waiting.delete(identity);
      else waiting.set(identity, events.slice(over.length));
      for (const { event, isRepeat } of over) {
        // Slow connections lose volatile events by contract.
        if (!isPlain && contract.events.get(event.event)?.volatile) continue;
        const where = { room, name: event.event, identity };
        if (isRepeat) findings.mismatch(otherLane(name), { ...where, kind: 'duplicated' });
        else findings.absent(name, where);
      }
    }
  }
}

function takeFirst(waiting: Map<string, Waiting[]>, identity: string): Waiting | undefined {
  const [first, ...rest] = waiting.get(identity) ?? [];
  if (rest.length > 0) waiting.set(identity, rest);
  else waiting.delete(identity);
  return first;
}

function forgetUntil(waiting: Map<string, Waiting[]>, number: number): void {
  for (const [identity, events] of waiting) {
    const rest = events.filter((one) => one.number > number);
    if (rest.length > 0) waiting.set(identity, rest);
    else waiting.delete(identity);
  }
}

function remember(identities: Set<string>, identity: string): void {
  identities.delete(identity);
  identities.add(identity);
  for (const oldest of identities) {
    if (identities.size <= MAX_IDENTITIES) return;
    identities.delete(oldest);
  }
}
