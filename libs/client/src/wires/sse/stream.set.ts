import {
  CONTROL_EVENTS,
  isPosition,
  RemoteFault,
  type ErrorBody,
  type JoinReply,
  type Position,
} from '@switchyard/contract';
import type { HttpApi } from '../../http/http.api.js';
import { roomRequest } from '../../transport/room.request.js';
import type { ControlMessage, RoomSink, WireEvent } from '../../transport/transport.js';
import { EventStream } from './event.stream.js';
import type { HttpTransport } from '../../transport/http.transport.js';

/** A room in a request. */
export interface Seat {
  service: HttpTransport;
  room: RoomSink;
}

/** What a set of streams tells its owner. */
export interface StreamSetListener {
  opened(set: StreamSet, serverTime: string): void;
  joined(set: StreamSet, seat: Seat, reply: JoinReply): void;
  refused(seat: Seat, fault: RemoteFault): void;
  /** Every room was answered. */
  completed(set: StreamSet): void;
  event(set: StreamSet, room: RoomSink, event: WireEvent): void;
  /** An announcement for one service, or for all. */
  control(set: StreamSet, message: ControlMessage, service: string | undefined): void;
  /** A stream is over, and with it the set; `fault` is why, where the server said so. */
  ended(set: StreamSet, fault: RemoteFault | undefined, wasSilent: boolean): void;
}

/** What the streams of a page are made with. */
export interface StreamSetOptions {
  http: Pick<HttpApi, 'open'>;
  /** How long the first answer may take, in milliseconds. */
  openTimeoutMs: number;
}

/** The data of the server's frames. */
interface Frames {
  open: { server_time: string; silence_ms: number };
  /** `joined`, or `refused` with an error; `index` is the room's place in the request. */
  answer: JoinReply & { index: number; error?: ErrorBody };
  event: { service: string; room: string; event: string; payload: unknown } & Partial<Position>;
  control: { service?: string; event: string; payload: unknown };
}

/** How many rooms the server takes in one request. */
const MAX_ROOMS = 200;

/** All rooms of a page as they were asked for at one time: one stream for every 200 of them. */
export class StreamSet {
  readonly sentAt = performance.now();
  private readonly parts: { seats: readonly Seat[]; stream: EventStream }[] = [];
  private unopened: number;
  private unanswered: number;
  private lastError?: ErrorBody;

  constructor(
    seats: readonly Seat[],
    readonly token: string | undefined,
    private readonly options: StreamSetOptions,
    private readonly listener: StreamSetListener,
  ) {
    // Also without a room: a service wants to know whether the server answers.
    for (let at = 0; at === 0 || at < seats.length; at += MAX_ROOMS) this.add(seats.slice(at, at + MAX_ROOMS));
    this.unopened = this.parts.length;
    this.unanswered = seats.length;
  }

  /** Sends the requests, from the rooms' positions now. */
  open(): void {
    this.parts.forEach(({ seats, stream }) => void stream.run(seats.map(roomRequest), this.token));
  }

  close(): void {
    this.parts.forEach(({ stream }) => stream.close());
  }

  private add(seats: readonly Seat[]): void {
    const { http, openTimeoutMs } = this.options;
    const stream: EventStream = new EventStream(http, openTimeoutMs, {
      frame: (event, data) => this.take(event, data, seats, stream),
      ended: (refusal, wasSilent) => {
        this.close();
        const fault = refusal ?? (this.lastError && new RemoteFault(this.lastError));
        this.listener.ended(this, fault, wasSilent);
      },
    });
    this.parts.push({ seats, stream });
  }

  private take(name: string, data: unknown, seats: readonly Seat[], stream: EventStream): void {
    if (name === 'event') return this.event(data as Frames['event'], seats);
    if (name === 'control') return this.control(data as Frames['control']);
    if (name === 'open') {
      const { server_time, silence_ms } = data as Frames['open'];
      stream.expectWithin(silence_ms);
      this.unopened -= 1;
      if (this.unopened === 0) this.listener.opened(this, server_time);
    } else if (name === 'joined' || name === 'refused') {
      const { index, error, ...reply } = data as Frames['answer'];
      this.unanswered -= 1;
      if (error) this.listener.refused(seats[index]!, new RemoteFault(error));
      else this.listener.joined(this, seats[index]!, reply);
    }
    if (this.unopened === 0 && this.unanswered === 0) this.listener.completed(this);
  }

  private event({ service, room: name, event, payload, epoch, offset }: Frames['event'], seats: readonly Seat[]): void {
    const position = { epoch, offset };
    const message = { event, payload, ...(isPosition(position) && { position }) };
    // Several rooms of one name differ in the options of their joins.
    const named = seats.filter(({ service: { name: of }, room }) => of === service && room.name === name);
    named.forEach(({ room }) => this.listener.event(this, room, message));
  }

  private control({ service, event, payload }: Frames['control']): void {
    if (event === 'service_error') this.lastError = payload as ErrorBody;
    else if ((CONTROL_EVENTS as readonly string[]).includes(event))
      this.listener.control(this, { event, payload } as ControlMessage, service);
  }
}
