import type { LoggedEvent, Position, RoomKind, WireName } from '@switchyard/contract';
import type { WireEvent, WireReply } from '../transport/transport.js';

/** How many events wait for the reply to a join. */
const MAX_HELD = 1000;

/** Receives a room's events from its sequencer, in order, and rejoins the room for it. */
export interface SequencerTarget {
  snapshot(snapshot: unknown, position: Position | undefined): void;
  event(event: WireEvent): void;
  duplicate(wire: WireName): void;
  healed(wire: WireName): void;
  /** Joins again on a wire, from the sequencer's position, because events are missing. */
  rejoin(wire: WireName): void;
  activeWire(): WireName | undefined;
}

/** The events of one wire. */
interface Lane {
  /** *holding*: events wait for the reply to a join; *overtaken*: another wire brought a newer snapshot. */
  state: 'holding' | 'live' | 'overtaken';
  held: WireEvent[];
  /** The sequencer's generation when the join was sent. */
  generation: number;
  healing: boolean;
}

/** Puts the events of all wires of a room in order, without duplicates or gaps. */
export class EventSequencer {
  #current?: Position;
  #generation = 0;
  readonly #lanes = new Map<WireName, Lane>();

  constructor(
    private readonly kind: RoomKind,
    private readonly target: SequencerTarget,
  ) {}

  get position(): Position | undefined {
    return this.#current;
  }

  isLive(wire: WireName): boolean {
    return this.#lanes.get(wire)?.state === 'live';
  }

  /** Whether another wire brought a newer snapshot than the one this wire continues. */
  isOvertaken(wire: WireName): boolean {
    return this.#lanes.get(wire)?.state === 'overtaken';
  }

  /** Forgets the position, so that the next join brings a snapshot; replies that continue from it are ignored. */
  restart(): void {
    this.#current = undefined;
    this.#generation += 1;
  }

  hold(wire: WireName): void {
    const lane = this.#lanes.get(wire);
    this.#lanes.set(wire, {
      state: 'holding',
      held: lane?.state === 'holding' ? lane.held : [],
      generation: this.#generation,
      healing: lane?.healing ?? false,
    });
  }

  lose(wire: WireName): void {
    this.#lanes.delete(wire);
  }

  reply(wire: WireName, reply: WireReply): void {
    const lane = this.#lanes.get(wire);
    const isForgotten = lane && (lane.generation !== this.#generation || (lane.healing && !this.#current));
    if (isForgotten && reply.recovered) {
      // This reply continues from a position that was forgotten or replaced since the join was sent.
      this.#rejoin(wire);
      return;
    }
    const live: Lane = { state: 'live', held: [], generation: this.#generation, healing: false };
    this.#lanes.set(wire, live);
    if (!reply.recovered || !this.#current) this.#adopt(wire, reply);
    else if (!this.#follow(wire, reply)) return;
    if (lane?.healing) this.target.healed(wire);
    lane?.held.forEach((event) => this.event(wire, event));
  }

  event(wire: WireName, event: WireEvent): void {
    const lane = this.#lanes.get(wire);
    if (lane?.state === 'overtaken') return;
    if (lane?.state === 'holding') {
      // After the last one that fits, a newer one takes its place: when it follows, the gap before it is found and filled.
      if (lane.held.length < MAX_HELD) lane.held.push(event);
      else if (event.position) lane.held[MAX_HELD - 1] = event;
      return;
    }
    const { position } = event;
    if (!position) {
      if (wire === this.target.activeWire()) this.target.event(event);
    } else if (!this.#current || position.epoch !== this.#current.epoch) {
      this.#rejoin(wire, event);
    } else if (position.offset <= this.#current.offset) {
      this.target.duplicate(wire);
    } else if (this.#isNext(position.offset)) {
      this.#deliver(event, position);
    } else {
      this.#rejoin(wire, event);
    }
  }

  #adopt(wire: WireName, { epoch, offset, snapshot }: WireReply): void {
    const position = epoch === undefined || offset === undefined ? undefined : { epoch, offset };
    const known = this.#current;
    // Another wire has already brought everything in this snapshot as events.
    if (known && position && known.epoch === position.epoch && known.offset >= position.offset) return;
    this.#current = position;
    this.#generation += 1;
    this.#lanes.forEach((lane, other) => {
      if (other !== wire && lane.state === 'live') lane.state = 'overtaken';
    });
    this.#lanes.get(wire)!.generation = this.#generation;
    this.target.snapshot(snapshot, position);
  }

  /** Applies a replay; returns false when a snapshot is to come, because of a gap or for a new subscriber. */
  #follow(wire: WireName, { epoch, offset, events }: WireReply): boolean {
    const generation = this.#generation;
    for (const event of events ?? []) {
      if (event.offset <= this.#current!.offset) this.target.duplicate(wire);
      else if (this.#isNext(event.offset)) this.#deliver(event, { epoch: event.epoch, offset: event.offset });
      else return this.#rejoinAnew(wire);
      if (generation !== this.#generation) return false;
    }
    if (epoch === undefined || offset === undefined || !events) return true;
    if (this.#current!.offset < offset && this.kind !== 'state') return this.#rejoinAnew(wire);
    if (this.#current!.offset <= offset) this.#current = { epoch, offset };
    return true;
  }

  #rejoinAnew(wire: WireName): false {
    this.restart();
    this.#rejoin(wire);
    return false;
  }

  #isNext(offset: number): boolean {
    return this.kind === 'state' || offset === this.#current!.offset + 1;
  }

  #deliver({ event, payload }: WireEvent | LoggedEvent, position: Position): void {
    this.#current = position;
    this.target.event({ event, payload, position });
  }

  #rejoin(wire: WireName, afterGap?: WireEvent): void {
    this.hold(wire);
    const lane = this.#lanes.get(wire)!;
    lane.healing = true;
    if (afterGap) lane.held.push(afterGap);
    this.target.rejoin(wire);
  }
}
