import { Fault, RemoteFault, type Reply, type WireName } from '@switchyard/contract';
import { BehaviorSubject, Subject } from 'rxjs';
import type {
  ControlMessage,
  RoomSink,
  Transport,
  TransportState,
  WireEvent,
  WireReply,
} from '../transport/transport.js';

/** A transport without a wire: a test says what arrives, and sees who joined and what was called. */
export class FakeTransport implements Transport {
  readonly ordered = true;
  readonly state$ = new BehaviorSubject<TransportState>({ status: 'connecting', failures: 0 });
  readonly control$ = new Subject<ControlMessage>();
  /** The rooms joined, by id: the key, where they were joined without options. */
  readonly rooms = new Map<string, RoomSink>();
  readonly calls: { name: string; payload: object }[] = [];
  /** How calls are answered; a `Fault` that it throws is the refusal. */
  answer: (name: string, payload: object) => Reply | Promise<Reply> = () => ({ ok: true, data: {} });
  /** How joins are answered, by the room's key; a `Fault` refuses, undefined leaves one open. */
  admit: (key: string) => WireReply | Fault | undefined = () => ({ recovered: false });

  private readonly waiting = new Map<string, () => void>();

  constructor(
    readonly wire: WireName = 'socketio',
    readonly polls = wire === 'polling',
  ) {}

  /** Connects, or is back after `lose`: rooms join again, each from its position. */
  connect(): void {
    this.state$.next({ status: 'connected', failures: 0 });
    this.rooms.forEach((room) => this.ask(room));
  }

  /** Loses the connection; it stays away until `connect`. */
  lose(failures = 0): void {
    this.rooms.forEach((room) => room.lost(this.wire));
    this.state$.next({ status: 'disconnected', failures });
  }

  join(room: RoomSink): void {
    this.rooms.set(room.id, room);
    if (this.state$.value.status === 'connected') this.ask(room);
    this.waiting.get(room.key)?.();
  }

  /** Settles once somebody is in the room `key`. */
  joined(key: string): Promise<void> {
    return this.in(key).length > 0 ? Promise.resolve() : new Promise((resolve) => this.waiting.set(key, resolve));
  }

  /** Lets an event arrive in the room `key`. */
  emit(key: string, event: WireEvent): void {
    this.in(key).forEach((room) => room.event(this.wire, event));
  }

  leave(room: RoomSink): void {
    this.rooms.delete(room.id);
  }

  async call(name: string, payload: object): Promise<Reply> {
    this.calls.push({ name, payload });
    return this.answer(name, payload);
  }

  close(): void {
    this.state$.next({ status: 'closed', failures: 0 });
  }

  private in(key: string): RoomSink[] {
    return [...this.rooms.values()].filter((room) => room.key === key);
  }

  private ask(room: RoomSink): void {
    room.joining(this.wire);
    const reply = this.admit(room.key);
    if (reply instanceof Fault) room.refused(this.wire, new RemoteFault(reply.toBody()));
    else if (reply) room.joined(this.wire, reply);
  }
}
