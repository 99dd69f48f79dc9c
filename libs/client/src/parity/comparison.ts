import type { ServiceContract } from '@switchyard/contract';
import { TimerSet } from '../timer/timer.set.js';
import { ComparisonQueue } from './comparison.queue.js';
import { DEFAULT_COMPARISON_LIMITS, type ComparisonLimits, type ComparisonRules } from './comparison.rules.js';
import { EventForms, type ComparedCodecs } from './event.forms.js';
import type { Findings } from './findings.js';
import type { LaneName } from './lane.js';
import { RoomComparator } from './room.comparator.js';
import type { RoomLane } from './shadow.sink.js';

/** What is compared, and how. */
export interface ComparisonOptions {
  contract: ServiceContract;
  codecs: ComparedCodecs;
  findings: Findings;
  limits?: Partial<ComparisonLimits>;
}

/** A room of which both lanes are compared. */
export interface ComparedRoom {
  readonly comparator: RoomComparator;
  /** Takes what happens on a lane. */
  lane(name: LaneName): RoomLane;
  /** Notes that a lane brings nothing more. */
  end(name: LaneName): void;
}

/** How many events may wait for the other wire in all rooms together, as a multiple of one room's limit. */
const MAX_PENDING_FACTOR = 5;

/** The comparison of two wires of a service. */
export class Comparison {
  readonly timers = new TimerSet();
  readonly forms: EventForms;
  readonly #rules: ComparisonRules;
  readonly #queue: ComparisonQueue;
  readonly #rooms = new Set<RoomComparator>();
  readonly #waiting = new Set<() => void>();
  #isClosed = false;

  constructor({ contract, codecs, findings, limits }: ComparisonOptions) {
    this.forms = new EventForms(contract, codecs);
    this.#rules = { ...DEFAULT_COMPARISON_LIMITS, ...limits, contract, forms: this.forms, findings };
    this.#queue = new ComparisonQueue(this.timers, undefined, () => this.#review());
  }

  /** Compares a room from now on. */
  open(name: string): ComparedRoom {
    const comparator = new RoomComparator(name, this.#rules);
    const queue = this.#queue;
    this.#rooms.add(comparator);
    queue.add(comparator);
    return {
      comparator,
      lane: (lane) => ({
        joined: (reply) => queue.push(comparator, lane, { kind: 'joined', reply }),
        event: (event) => queue.push(comparator, lane, { kind: 'event', event }),
        lost: () => queue.push(comparator, lane, { kind: 'lost' }),
      }),
      end: (lane) => queue.push(comparator, lane, { kind: 'end' }),
    };
  }

  forget({ comparator }: ComparedRoom): void {
    this.#rooms.delete(comparator);
    this.#queue.delete(comparator);
  }

  /** Resolves once nothing waits any more, at the latest after the time in which an event must have come. */
  async decided(): Promise<void> {
    let isOver = this.#isClosed;
    this.timers.after(this.#rules.missingMs + this.#rules.lateMs, () => {
      isOver = true;
      this.#notify();
    });
    while (!isOver && !this.#isClosed && this.#queue.pending > 0)
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Calls `check` after each slice of the comparison, until it returns true. */
  whenReviewed(check: () => boolean): void {
    const again = () => {
      if (!check()) this.#waiting.add(again);
    };
    this.#waiting.add(again);
  }

  close(): void {
    this.#isClosed = true;
    this.timers.close();
    this.#notify();
    this.#waiting.clear();
  }

  #review(): void {
    const pending = [...this.#rooms].reduce((sum, room) => sum + room.pending, 0);
    if (pending > MAX_PENDING_FACTOR * this.#rules.maxPending) this.#queue.shedAll();
    this.#notify();
  }

  #notify(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    waiting.forEach((resolve) => resolve());
  }
}
