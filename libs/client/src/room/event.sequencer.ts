import type { LoggedEvent, Position, RoomKind, WireName } from '@switchyard/contract';
import type { WireEvent, WireReply } from '../transport/transport.js';

/** What a gate lets through, and what it asks for. */
export interface SequencerTarget {
  snapshot(snapshot: unknown, position: Position | undefined): void;
  event(event: WireEvent): void;
  duplicate(): void;
  healed(): void;
  /** Events are missing: join again on that wire from the gate's position. */
  rejoin(wire: WireName): void;
  activeWire(): WireName | undefined;
}

/** How far a wire is: its join is out and its events wait, it feeds the room, or another wire's snapshot overtook it. */
interface Lane {
  state: 'holding' | 'live' | 'overtaken';
  held: WireEvent[];
  /** The snapshot that was current when the join was sent. */
  generation: number;
  healing: boolean;
}

/** The one gate through which the events of all wires of a room pass: in order, once, without a hole. */
export class EventSequencer {
  private current?: Position;
  private generation = 0;
  private readonly lanes = new Map<WireName, Lane>();

  constructor(
    private readonly kind: RoomKind,
    private readonly outlet: SequencerTarget,
  ) {}

  get position(): Position | undefined {
    return this.current;
  }

  isLive(wire: WireName): boolean {
    return this.lanes.get(wire)?.state === 'live';
  }

  /** Whether another wire's snapshot came after what this one continues. */
  isOvertaken(wire: WireName): boolean {
    return this.lanes.get(wire)?.state === 'overtaken';
  }

  /** Forgets the position, so that the next join brings a snapshot; an answer that continues from it counts no more. */
  restart(): void {
    this.current = undefined;
    this.generation += 1;
  }

  hold(wire: WireName): void {
    const lane = this.lanes.get(wire);
    this.lanes.set(wire, {
      state: 'holding',
      held: lane?.state === 'holding' ? lane.held : [],
      generation: this.generation,
      healing: lane?.healing ?? false,
    });
  }

  lose(wire: WireName): void {
    this.lanes.delete(wire);
  }

  reply(wire: WireName, reply: WireReply): void {
    const lane = this.lanes.get(wire);
    if (lane && lane.generation !== this.generation && reply.recovered) {
      // The position was given up meanwhile, or replaced by another wire's snapshot; this answer continues from it.
      this.ask(wire);
      return;
    }
    const live: Lane = { state: 'live', held: [], generation: this.generation, healing: false };
    this.lanes.set(wire, live);
    if (!reply.recovered || !this.current) this.adopt(wire, reply);
    else if (!this.follow(wire, reply)) return;
    if (lane?.healing) this.outlet.healed();
    lane?.held.forEach((event) => this.event(wire, event));
  }

  event(wire: WireName, event: WireEvent): void {
    const lane = this.lanes.get(wire);
    if (lane?.state === 'overtaken') return;
    if (lane?.state === 'holding') {
      lane.held.push(event);
      return;
    }
    const { position } = event;
    if (!position) {
      if (wire === this.outlet.activeWire()) this.outlet.event(event);
    } else if (!this.current || position.epoch !== this.current.epoch) {
      this.ask(wire, event);
    } else if (position.offset <= this.current.offset) {
      this.outlet.duplicate();
    } else if (this.isNext(position.offset)) {
      this.pass(event, position);
    } else {
      this.ask(wire, event);
    }
  }

  private adopt(wire: WireName, { epoch, offset, snapshot }: WireReply): void {
    const position = epoch === undefined || offset === undefined ? undefined : { epoch, offset };
    const known = this.current;
    // All of this snapshot has already come as events, by another wire.
    if (known && position && known.epoch === position.epoch && known.offset >= position.offset) return;
    this.current = position;
    this.generation += 1;
    this.lanes.forEach((lane, other) => {
      if (other !== wire && lane.state === 'live') lane.state = 'overtaken';
    });
    this.lanes.get(wire)!.generation = this.generation;
    this.outlet.snapshot(snapshot, position);
  }

  /** Applies a replay; false when it has a hole and the room was asked for anew. */
  private follow(wire: WireName, { epoch, offset, events }: WireReply): boolean {
    for (const event of events ?? []) {
      if (event.offset <= this.current!.offset) this.outlet.duplicate();
      else if (this.isNext(event.offset)) this.pass(event, { epoch: event.epoch, offset: event.offset });
      else return this.refetch(wire);
    }
    if (epoch === undefined || offset === undefined || !events) return true;
    if (this.current!.offset < offset && this.kind !== 'state') return this.refetch(wire);
    if (this.current!.offset <= offset) this.current = { epoch, offset };
    return true;
  }

  private refetch(wire: WireName): false {
    this.restart();
    this.ask(wire);
    return false;
  }

  private isNext(offset: number): boolean {
    return this.kind === 'state' || offset === this.current!.offset + 1;
  }

  private pass({ event, payload }: WireEvent | LoggedEvent, position: Position): void {
    this.current = position;
    this.outlet.event({ event, payload, position });
  }

  private ask(wire: WireName, revealing?: WireEvent): void {
    this.hold(wire);
    const lane = this.lanes.get(wire)!;
    lane.healing = true;
    if (revealing) lane.held.push(revealing);
    this.outlet.rejoin(wire);
  }
}
