import { Fault, type ControlMessage, type Reply, type WireName } from '@switchyard/contract';
import { BehaviorSubject, Subject } from 'rxjs';
import { backoffDelay, type BackoffOptions } from '../backoff/backoff.js';
import { TimerSet } from '../timer/timer.set.js';
import type { RoomSink, Transport, TransportState } from '../transport/transport.js';

/** The longest wait between two attempts to load the code, as a multiple of the longest wait between two connections. */
const MAX_WAIT_FACTOR = 20;

/**
 * Stands for a transport whose code is not loaded yet: its service sees one that takes longer to connect, and sends a call
 * again while it has no code.
 */
export class LaterTransport implements Transport {
  readonly ordered = false;
  readonly state$ = new BehaviorSubject<TransportState>({ status: 'connecting', failures: 0 });
  readonly control$ = new Subject<ControlMessage>();
  readonly #rooms = new Set<RoomSink>();
  readonly #timers = new TimerSet();
  #made?: Transport;

  constructor(
    readonly wire: WireName,
    readonly polls: boolean | undefined,
    private readonly backoff: BackoffOptions,
    /** Loads the code and makes the transport with it; rejects with a fault. */
    private readonly load: () => Promise<Transport>,
  ) {}

  connect(): void {
    this.load().then(
      (transport) => this.#begin(transport),
      (fault: Fault) => this.#failed(fault),
    );
  }

  ease(isServed: boolean): void {
    this.#made?.ease?.(isServed);
  }

  join(room: RoomSink): void {
    this.#rooms.add(room);
    this.#made?.join(room);
  }

  leave(room: RoomSink): void {
    this.#rooms.delete(room);
    this.#made?.leave(room);
  }

  async call(name: string, payload: object): Promise<Reply> {
    if (!this.#made) throw new Fault('wire.lost');
    return this.#made.call(name, payload);
  }

  close(): void {
    this.#timers.close();
    if (this.#made) this.#made.close();
    else {
      this.state$.next({ status: 'closed', failures: 0 });
      this.state$.complete();
    }
  }

  #begin(transport: Transport): void {
    // A closed transport takes no state any more.
    if (this.state$.value.status === 'closed') return transport.close();
    this.#made = transport;
    transport.state$.subscribe(this.state$);
    transport.control$.subscribe(this.control$);
    transport.connect();
    this.#rooms.forEach((room) => transport.join(room));
  }

  #failed(fault: Fault): void {
    if (this.state$.value.status === 'closed') return;
    const { failures } = this.state$.value;
    this.#timers.after(backoffDelay(this.backoff, failures, MAX_WAIT_FACTOR), () => this.connect());
    this.state$.next({ status: 'disconnected', failures: failures + 1, fault });
  }
}
