import type { Fault, RemoteFault, Reply, WireName, ControlMessage } from '@switchyard/contract';
import { BehaviorSubject, Subject } from 'rxjs';
import type { HttpApi } from '../http/http.api.js';
import { HttpCalls } from '../http/http.calls.js';
import type { RoomSink, Transport, TransportState } from './transport.js';

/** One service on a wire that carries no calls, so that they go over HTTP. */
export abstract class HttpTransport implements Transport {
  abstract readonly wire: WireName;
  readonly ordered = false;
  readonly state$ = new BehaviorSubject<TransportState>({ status: 'connecting', failures: 0 });
  readonly control$ = new Subject<ControlMessage>();
  readonly rooms = new Set<RoomSink>();
  readonly #calls: HttpCalls;

  constructor(
    readonly name: string,
    http: Pick<HttpApi, 'call'>,
  ) {
    this.#calls = new HttpCalls(http, name);
  }

  abstract connect(): void;
  abstract join(room: RoomSink): void;
  abstract leave(room: RoomSink): void;
  /** Stops serving the rooms. */
  protected abstract stopRooms(): void;

  call(name: string, payload: object): Promise<Reply> {
    return this.#calls.call(name, payload);
  }

  close(): void {
    this.ended();
  }

  /** Records that the server answers. */
  connected(): void {
    this.state$.next({ status: 'connected', failures: 0 });
  }

  /** Records that the server does not answer, or refuses. */
  lost(failures: number, fault?: Fault | RemoteFault): void {
    this.state$.next({ status: 'disconnected', failures, ...(fault && { fault }) });
  }

  /** Closes for good; `fault` is the reason, unless the client asked for it. */
  ended(fault?: Fault | RemoteFault): void {
    if (this.state$.value.status === 'closed') return;
    this.stopRooms();
    this.rooms.forEach((room) => room.lost(this.wire));
    this.rooms.clear();
    this.#calls.close();
    this.state$.next({ status: 'closed', failures: 0, fault });
    this.state$.complete();
    this.control$.complete();
  }
}
