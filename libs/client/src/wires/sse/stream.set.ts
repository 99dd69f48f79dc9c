import {
  isPosition,
  RemoteFault,
  type ErrorBody,
  type JoinReply,
  type Position,
  type ControlMessage,
} from '@switchyard/contract';
import type { HttpApi } from '../../http/http.api.js';
import { controlMessage } from '../../transport/control.message.js';
import { roomRequest, type RequestedRoom } from '../../transport/room.request.js';
import type { RoomSink, WireEvent } from '../../transport/transport.js';
import { EventStream } from './event.stream.js';
import type { HttpTransport } from '../../transport/http.transport.js';

/** A room of a request for streams, and its service. */
export type StreamedRoom = RequestedRoom<HttpTransport>;

/** Receives what arrives on a set of streams. */
export interface StreamSetListener {
  opened(set: StreamSet, serverTime: string): void;
  joined(set: StreamSet, room: StreamedRoom, reply: JoinReply): void;
  refused(room: StreamedRoom, fault: RemoteFault): void;
  /** The server has answered for every room. */
  completed(set: StreamSet): void;
  event(set: StreamSet, room: RoomSink, event: WireEvent): void;
  /** A control event; without a service it is for all. */
  control(set: StreamSet, message: ControlMessage, service: string | undefined): void;
  /** The set has ended with one of its streams; `fault` is the server's reason, if it gave one. */
  ended(set: StreamSet, fault: RemoteFault | undefined, wasSilent: boolean): void;
}

/** What a set of streams needs to open its requests. */
export interface StreamSetOptions {
  http: Pick<HttpApi, 'open'>;
  /** The time limit for the first frame, in milliseconds. */
  connectTimeoutMs: number;
}

/** The data of the server's frames. */
interface Frames {
  open: { server_time: string; silence_ms: number };
  /** `joined`, or `refused` with an error; `index` is the room's place in the request. */
  answer: JoinReply & { index: number; error?: ErrorBody };
  event: { service: string; room: string; event: string; payload: unknown } & Partial<Position>;
  control: { service?: string; event: string; payload: unknown };
}

/** How many rooms the server accepts in one request. */
const MAX_ROOMS = 200;

/** The streams of one request for all rooms of a page: one stream for every 200 rooms. */
export class StreamSet {
  readonly sentAt = performance.now();
  readonly #parts: { rooms: readonly StreamedRoom[]; stream: EventStream }[] = [];
  #unopened: number;
  #unanswered: number;
  #lastError?: ErrorBody;

  constructor(
    rooms: readonly StreamedRoom[],
    readonly token: string | undefined,
    private readonly options: StreamSetOptions,
    private readonly listener: StreamSetListener,
  ) {
    // A stream without rooms shows a service whether the server answers.
    for (let at = 0; at === 0 || at < rooms.length; at += MAX_ROOMS) this.#add(rooms.slice(at, at + MAX_ROOMS));
    this.#unopened = this.#parts.length;
    this.#unanswered = rooms.length;
  }

  /** Sends the requests with the rooms' current positions. */
  open(): void {
    this.#parts.forEach(({ rooms, stream }) => void stream.run(rooms.map(roomRequest), this.token));
  }

  close(): void {
    this.#parts.forEach(({ stream }) => stream.close());
  }

  #add(rooms: readonly StreamedRoom[]): void {
    const { http, connectTimeoutMs } = this.options;
    const stream: EventStream = new EventStream(http, connectTimeoutMs, {
      frame: (event, data) => this.#receive(event, data, rooms, stream),
      ended: (refusal, wasSilent) => {
        this.close();
        const fault = refusal ?? (this.#lastError && new RemoteFault(this.#lastError));
        this.listener.ended(this, fault, wasSilent);
      },
    });
    this.#parts.push({ rooms, stream });
  }

  #receive(name: string, data: unknown, rooms: readonly StreamedRoom[], stream: EventStream): void {
    if (name === 'event') return this.#event(data as Frames['event'], rooms);
    if (name === 'control') return this.#control(data as Frames['control']);
    if (name === 'open') {
      const { server_time, silence_ms } = data as Frames['open'];
      stream.setSilence(silence_ms);
      this.#unopened -= 1;
      if (this.#unopened === 0) this.listener.opened(this, server_time);
    } else if (name === 'joined' || name === 'refused') {
      const { index, error, ...reply } = data as Frames['answer'];
      this.#unanswered -= 1;
      if (error) this.listener.refused(rooms[index]!, new RemoteFault(error));
      else this.listener.joined(this, rooms[index]!, reply);
    }
    if (this.#unopened === 0 && this.#unanswered === 0) this.listener.completed(this);
  }

  #event(
    { service, room: name, event, payload, epoch, offset }: Frames['event'],
    rooms: readonly StreamedRoom[],
  ): void {
    const position = { epoch, offset };
    const message = { event, payload, ...(isPosition(position) && { position }) };
    // Rooms that were joined with different options may share a name.
    const named = rooms.filter(({ service: { name: of }, room }) => of === service && room.name === name);
    named.forEach(({ room }) => this.listener.event(this, room, message));
  }

  #control({ service, event, payload }: Frames['control']): void {
    const message = controlMessage(event, payload);
    if (event === 'service_error') this.#lastError = payload as ErrorBody;
    else if (message) this.listener.control(this, message, service);
  }
}
