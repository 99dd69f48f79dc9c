import type { Position, RemoteFault, WireName } from '@switchyard/contract';
import type { RoomSink, WireEvent, WireReply } from '../transport/transport.js';

/** Takes what happens on one lane of a room. */
export interface RoomLane {
  joined(reply: WireReply): void;
  event(event: WireEvent): void;
  lost(): void;
}

/** What a shadow's room needs from its transport. */
export interface ShadowSinkHost {
  /** Joins again from the sink's position, because the room has a new epoch. */
  rejoin(sink: ShadowSink): void;
  refused(sink: ShadowSink, fault: RemoteFault): void;
}

/** How many events may wait for the reply to a join. */
const MAX_HELD = 1000;

/** A room on a wire that is compared: it is joined and resumed as any other, but nothing of it is rendered. */
export class ShadowSink implements RoomSink {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly options?: object;
  #current?: Position;
  #isRejoining = false;
  /** The events that came before the reply to the join; undefined when no reply is awaited. */
  #held: WireEvent[] | undefined;

  constructor(
    room: Pick<RoomSink, 'id' | 'key' | 'name' | 'options'>,
    private readonly lane: RoomLane,
    private readonly host: ShadowSinkHost,
  ) {
    const { id, key, name, options } = room;
    Object.assign(this, { id, key, name, options });
  }

  position(): Position | undefined {
    return this.#current;
  }

  joining(): void {
    // The reply resolves a promise, so an event of the same packet that is behind it comes first.
    this.#held ??= [];
  }

  joined(wire: WireName, reply: WireReply): void {
    const { epoch, offset } = reply;
    this.#isRejoining = false;
    this.#current = epoch === undefined || offset === undefined ? undefined : { epoch, offset };
    this.lane.joined(reply);
    const held = this.#held ?? [];
    this.#held = undefined;
    held.filter((event) => !isIn(reply, event)).forEach((event) => this.event(wire, event));
  }

  event(_wire: WireName, event: WireEvent): void {
    if (this.#held && this.#held.length < MAX_HELD) {
      this.#held.push(event);
      return;
    }
    this.lane.event(event);
    const { position } = event;
    if (!position || !this.#current) return;
    if (position.epoch !== this.#current.epoch) this.#rejoin();
    else if (position.offset > this.#current.offset) this.#current = position;
  }

  refused(_wire: WireName, fault: RemoteFault): void {
    this.host.refused(this, fault);
  }

  lost(): void {
    this.#isRejoining = false;
    this.#held = undefined;
    this.lane.lost();
  }

  #rejoin(): void {
    if (this.#isRejoining) return;
    this.#isRejoining = true;
    this.host.rejoin(this);
  }
}

/** Whether a reply contains an event already, in its snapshot or its list. */
function isIn({ epoch, offset = 0 }: WireReply, { position }: WireEvent): boolean {
  return position !== undefined && position.epoch === epoch && position.offset <= offset;
}
